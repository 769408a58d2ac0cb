import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commit, git } from './git/git.testing.ts'
import { fingerprintOf, plant, scanSecretsIn } from './scan.testing.ts'

let root = ''
beforeEach(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-pairs-'))) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const letters = (count: number, alphabet: string) => Array.from(randomBytes(count), (byte) => alphabet[byte % alphabet.length]).join('')
const keyId = () => `${['AK', 'IA'].join('')}${letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`
const secretKey = () => randomBytes(30).toString('base64')
const factsOf = async (value: string, at = root) => (await scanSecretsIn(at)).credentials.flatMap(({ credential, location }) => credential.kind === 'secret' && credential.fingerprint === fingerprintOf(value) && location.part === 'value' ? [credential.facts] : [])

/** The files as a repository with one commit. */
function repositoryOf(files: Readonly<Record<string, string>>): string {
  const repo = join(root, 'repo')
  mkdirSync(repo)
  git(repo, 'init', '-q', '-b', 'main')
  plant(repo, files)
  commit(repo, 'one')
  return repo
}

describe('halves of a key pair in different files', () => {
  it('are tied together in one directory, and anywhere in a repository when there is only one', async () => {
    const [idA, secretA, idB, secretB] = [keyId(), secretKey(), keyId(), secretKey()]
    const repo = repositoryOf({ 'a/id.env': `AWS_ACCESS_KEY_ID=${idA}\n`, 'a/b.env': `AWS_SECRET_ACCESS_KEY=${secretA}\n`, 'c/id.txt': `id ${idB}\n`, 'd/d.env': `AWS_SECRET_ACCESS_KEY=${secretB}\n` })
    expect(await factsOf(secretA, repo)).toMatchObject([{ keyId: idA }])
    expect(await factsOf(secretB, repo)).toMatchObject([{ keyId: idB }])
  })

  it('are strangers in two directories of a machine', async () => {
    const [idA, secretA, idB, secretB] = [keyId(), secretKey(), keyId(), secretKey()]
    plant(root, { 'a/id.env': `AWS_ACCESS_KEY_ID=${idA}\n`, 'a/b.env': `AWS_SECRET_ACCESS_KEY=${secretA}\n`, 'c/id.txt': `id ${idB}\n`, 'd/d.env': `AWS_SECRET_ACCESS_KEY=${secretB}\n` })
    expect(await factsOf(secretA)).toMatchObject([{ keyId: idA }])
    expect((await factsOf(secretB))[0]).not.toHaveProperty('keyId')
  })

  it('are left alone where two would fit', async () => {
    const secret = secretKey()
    plant(root, { 'a/x.txt': keyId(), 'a/y.txt': keyId(), 'a/b.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` })
    expect((await factsOf(secret))[0]).not.toHaveProperty('keyId')
  })

  it('are known by the beginning of their names', async () => {
    const [paypal, zoom, token] = [letters(24, 'abcdefgh23456789XYZ'), letters(24, 'abcdefgh23456789XYZ'), letters(32, '0123456789abcdef')]
    const [client, sid] = [letters(20, 'abcdef0123456789'), `AC${letters(32, '0123456789abcdef')}`]
    const repo = repositoryOf({ 'ids.env': `ACME_CLIENT_ID=${client}\nTWILIO_ACCOUNT_SID=${sid}\n`, 'x/secrets.env': `ACME_CLIENT_SECRET=${paypal}\nOTHER_CLIENT_SECRET=${zoom}\nTWILIO_AUTH_TOKEN=${token}\n` })
    expect(await factsOf(paypal, repo)).toMatchObject([{ clientId: client }])
    expect((await factsOf(zoom, repo))[0]).not.toHaveProperty('clientId')
    expect(await factsOf(token, repo)).toMatchObject([{ accountId: sid }])
  })

  it('count together in a repository only when both are in one tree', async () => {
    const repo = join(root, 'repo')
    mkdirSync(repo)
    git(repo, 'init', '-q', '-b', 'main')
    const [id, old, secret] = [keyId(), keyId(), secretKey()]
    plant(repo, { 'gone.txt': old })
    commit(repo, 'one')
    rmSync(join(repo, 'gone.txt'))
    plant(repo, { 'id.txt': id, 'b.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` })
    commit(repo, 'two')
    expect(await factsOf(secret, repo)).toMatchObject([{ keyId: id }])
  })
})
