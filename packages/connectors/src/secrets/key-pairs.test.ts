import { randomBytes } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@muster/core'
import { secretDigest } from '@muster/detect'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commit, initRepository } from './git/git.testing.ts'
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
  const repo = initRepository(join(root, 'repo'))
  plant(repo, files)
  commit(repo, 'one')
  return repo
}

describe('a temporary key', () => {
  const temporaryId = () => `${['AS', 'IA'].join('')}${letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`
  const sessionToken = () => randomBytes(240).toString('base64')
  type Asked = { readonly kind: string; readonly facts: Readonly<Record<string, string>>; readonly sessionToken?: Secret }
  /** What would be asked about secret keys: the key id, and the session token that goes along. */
  async function askedIn(at: string) {
    const asked: Asked[] = []
    const outcome = await scanSecretsIn(at, {}, { parts: { verifiedFacts: (found) => { asked.push(found); return Promise.resolve({}) } } })
    return { outcome, asked: asked.filter(({ kind }) => kind === 'aws-secret-access-key').map(({ facts, sessionToken: token }) => [facts['keyId'], token?.revealText() ?? null]) }
  }
  const env = (id: string, secret: string, token: string) => `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\nAWS_SESSION_TOKEN=${token}\n`

  it('is asked about with the session token beside it, which stands in no observation', async () => {
    const [id, secret, token] = [temporaryId(), secretKey(), sessionToken()]
    plant(root, { '.env': env(id, secret, token) })
    const { asked, outcome } = await askedIn(root)
    expect(asked).toEqual([[id, token]])
    expect(JSON.stringify(outcome.batches)).not.toContain(token)
  })

  it('of a profile goes with the token of that profile', async () => {
    const keys = [1, 2].map(() => ({ id: temporaryId(), secret: secretKey(), token: sessionToken() }))
    plant(root, { '.aws/credentials': keys.map(({ id, secret, token }, index) => `[p${index}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_session_token = ${token}\n`).join('') })
    expect((await askedIn(root)).asked.sort()).toEqual(keys.map(({ id, token }) => [id, token]).sort())
  })

  it('in three files of one repository, and with no token where two would fit', async () => {
    const [id, secret, token] = [temporaryId(), secretKey(), sessionToken()]
    const repo = repositoryOf({ 'a.txt': `id ${id}\n`, 'b/b.env': `AWS_SECRET_ACCESS_KEY=${secret}\n`, 'c/c.env': `AWS_SESSION_TOKEN=${token}\n` })
    expect((await askedIn(repo)).asked).toContainEqual([id, token])
    plant(repo, { 'd/d.env': `AWS_SESSION_TOKEN=${sessionToken()}\n` })
    commit(repo, 'two')
    expect((await askedIn(repo)).asked).toContainEqual([id, null])
  })
})

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

  it('are one pair wherever they lie on a machine that holds one of each, and no other', async () => {
    const [id, secret] = [keyId(), secretKey()]
    plant(root, { 'home/ann/id.txt': `id ${id}\n`, 'srv/app/d.env': `AWS_SECRET_ACCESS_KEY=${secret}\n`, 'srv/copy/d.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` })
    const facts = await factsOf(secret)
    // Told when all was seen: after the sightings without it, and for each place.
    expect(facts.filter((each) => each['keyId'] === id)).toHaveLength(2)
    plant(root, { 'opt/other.txt': `id ${keyId()}\n` })
    expect((await factsOf(secret)).filter((each) => each['keyId'] !== undefined)).toEqual([])
  })

  describe('where a scan was killed between them', () => {
    /** The id is committed, the secret lies beside it: two steps of a scan. */
    const resumed = async (committed: Readonly<Record<string, string>>, beside: Readonly<Record<string, string>>, stored = (cursor: string) => cursor) => {
      const repo = repositoryOf(committed)
      plant(repo, beside)
      const first = await scanSecretsIn(repo, {}, { maxBatches: 1 })
      const cursor = stored(first.batches[0]!.cursor!)
      const second = await scanSecretsIn(repo, {}, { resumeFrom: cursor })
      expect(second.findings.map(({ path }) => path).sort()).toEqual(Object.keys(beside).filter((path) => beside[path] !== '').sort())
      return { cursor, facts: (secret: string) => [first, second].flatMap(({ credentials }) => credentials.flatMap(({ credential }) => (credential.kind === 'secret' && credential.fingerprint === fingerprintOf(secret) ? [credential.facts['keyId'] ?? null] : []))) }
    }

    it('are tied together by the scan that goes on, whichever it sees, and the cursor says no secret', async () => {
      for (const order of ['id first', 'secret first']) {
        const [id, secret] = [keyId(), secretKey()]
        const halves = [{ 'a/id.txt': `id ${id}\n` }, { 'b/d.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` }] as const
        const { cursor, facts } = order === 'id first' ? await resumed(...halves) : await resumed(halves[1], halves[0])
        expect([order, facts(secret).at(-1)]).toEqual([order, id])
        expect(cursor).not.toContain(secret)
        expect(cursor).not.toContain(secretDigest(Secret.fromText(secret)))
        rmSync(join(root, 'repo'), { recursive: true })
      }
    })

    it('are strangers when either part holds another', async () => {
      const secret = secretKey()
      const { facts } = await resumed({ 'a/id.txt': `id ${keyId()}\n`, 'c/id.txt': `id ${keyId()}\n` }, { 'b/d.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` })
      expect(facts(secret)).toEqual([null])
    })

    it('are strangers after a cursor that keeps none', async () => {
      const secret = secretKey()
      const withoutHalves = (cursor: string) => JSON.stringify({ ...JSON.parse(cursor) as object, halves: undefined })
      const { facts } = await resumed({ 'a/id.txt': `id ${keyId()}\n` }, { 'b/d.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` }, withoutHalves)
      expect(facts(secret)).toEqual([null])
    })
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
    const repo = initRepository(join(root, 'repo'))
    const [id, old, secret] = [keyId(), keyId(), secretKey()]
    plant(repo, { 'gone.txt': old })
    commit(repo, 'one')
    rmSync(join(repo, 'gone.txt'))
    plant(repo, { 'id.txt': id, 'b.env': `AWS_SECRET_ACCESS_KEY=${secret}\n` })
    commit(repo, 'two')
    expect(await factsOf(secret, repo)).toMatchObject([{ keyId: id }])
  })
})
