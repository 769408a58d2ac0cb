import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Secret } from '@muster/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOf, githubToken, plant, scanSecretsIn, seen } from './scan.testing.ts'

let root = ''
beforeEach(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-secrets-'))) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const coverageOf = (outcome: Awaited<ReturnType<typeof scanSecretsIn>>) => outcome.observations.flatMap((each) => each.observation === 'coverage' ? [each] : [])

describe('a directory', () => {
  it('gives one credential for a value wherever it lies, with place, line and context, on this machine', async () => {
    const token = githubToken()
    plant(root, { 'app/.env': `A=1\nGITHUB_TOKEN=${token}\n`, 'deploy/run.sh': `curl -H "Authorization: token ${token}"\n`, 'old.tar.gz': gzipSync('nothing') })
    const outcome = await scanSecretsIn(root)
    expect(seen(outcome)).toEqual([`${root}/app/.env:2 ${token}`, `${root}/deploy/run.sh:1 ${token}`])
    expect(new Set(outcome.credentials.map(({ credential }) => credential.fingerprint))).toEqual(new Set([fingerprintOf(token)]))
    expect(outcome.credentials.map(({ location }) => location)).toMatchObject([
      { kind: 'file-line', path: `${root}/app/.env`, line: 2, context: 'GITHUB_TOKEN=•••', part: 'value', file: { sizeBytes: expect.any(Number) } }, { kind: 'file-line', path: `${root}/deploy/run.sh`, line: 1 },
    ])
    expect(outcome.observations[0]).toMatchObject({ of: 'machine', machineKind: expect.stringMatching(/device|workload/) })
    expect(coverageOf(outcome)).toMatchObject([{ scope: { kind: 'path', path: root, unread: [], lookedFor: ['secrets'] }, complete: true }])
  })

  it('gives a private key as the key it is, so that it meets its certificate', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    plant(root, { 'a.pem': pem, 'b.json': JSON.stringify({ key: pem }), 'c.py': `KEY = """\n${pem.split('\n').map((line) => `    ${line}`).join('\n')}"""\n` })
    const { credentials } = await scanSecretsIn(root)
    const spki = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex')
    expect(credentials.map(({ credential, location }) => [credential.kind, credential.fingerprint, location.part])).toEqual([1, 2, 3].map(() => ['private-key', spki, 'private-key']))
  })

  it('opens an encrypted private key with a passphrase that was given', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const passphrase = randomUUID()
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }))
    plant(root, { 'deploy.yaml': `key: |\n${pem.split('\n').map((line) => `  ${line}`).join('\n')}\n` })
    const spki = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex')
    const fingerprints = async (passphrases: readonly Secret[]) => (await scanSecretsIn(root, {}, { passphrases })).credentials.map(({ credential }) => credential.fingerprint)
    expect(await fingerprints([Secret.fromText(randomUUID()), Secret.fromText(passphrase)])).toEqual([spki])
    expect(await fingerprints([])).not.toContain(spki)
  })

  it('leaves out what is excluded and keeps the place unread', async () => {
    const token = githubToken()
    plant(root, { 'keep/a.txt': token, 'vendor/b.txt': token, 'src/gen/c.txt': token, 'x.bak': token })
    const outcome = await scanSecretsIn(root, { exclude: ['vendor', 'src/gen', '*.bak'] })
    expect(seen(outcome)).toEqual([`${root}/keep/a.txt:1 ${token}`])
    expect(coverageOf(outcome)[0]!.scope).toMatchObject({ unread: [`${root}/src/gen`, `${root}/vendor`, `${root}/x.bak`] })
  })

  it('reads of a repository inside it the settings, not the objects', async () => {
    const token = githubToken()
    plant(root, { 'repo/.git/config': `[remote "origin"]\n\turl = https://x:${token}@git.example.org/r.git\n`, 'repo/.git/objects/aa/b': token, 'repo/a.txt': token })
    expect(seen(await scanSecretsIn(root)).map((line) => line.split(':')[0])).toEqual([`${root}/repo/.git/config`, `${root}/repo/a.txt`])
  })

  it('passes links, pipes and loops, and reports what may not be read', async () => {
    const token = githubToken()
    plant(root, { 'a.txt': token, 'locked/b.txt': token })
    symlinkSync('..', join(root, 'loop'))
    symlinkSync('/etc/passwd', join(root, 'out'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    chmodSync(join(root, 'locked'), 0)
    const outcome = await scanSecretsIn(root)
    expect(seen(outcome).filter((line) => !line.includes('locked'))).toEqual([`${root}/a.txt:1 ${token}`])
    if (process.geteuid?.() !== 0) expect(outcome.problems).toMatchObject([{ code: 'file.unreadable', where: `${root}/locked` }])
    chmodSync(join(root, 'locked'), 0o755)
  })

  it('reads a huge file up to the limit and says so', async () => {
    const token = githubToken()
    plant(root, { 'huge.log': `${token}\n` })
    truncateSync(join(root, 'huge.log'), 10 * 1024 ** 3)
    const outcome = await scanSecretsIn(root, { maxFileBytes: 1024 * 1024 })
    expect(seen(outcome)).toEqual([`${root}/huge.log:1 ${token}`])
    expect(outcome.problems).toEqual([{ code: 'input.limit', where: `${root}/huge.log`, message: '10737418240 bytes long; only the first 1048576 were read' }])
    expect(coverageOf(outcome)[0]!.scope).toMatchObject({ unread: [`${root}/huge.log`] })
  })

  it('keeps apart names that are not UTF-8', async () => {
    const token = githubToken()
    const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])])
    writeFileSync(name, token)
    expect(seen(await scanSecretsIn(root))).toEqual([String.raw`${root}/a\xff:1 ${token}`])
  })

  it('that is not there is a problem, and the other targets are read', async () => {
    const token = githubToken()
    plant(root, { 'a.txt': token })
    const outcome = await scanSecretsIn([`${root}/missing`, `${root}/a.txt`])
    expect(outcome.problems).toEqual([{ code: 'file.unreadable', where: `${root}/missing`, message: 'there is no such file or directory' }])
    expect(seen(outcome)).toEqual([`${root}/a.txt:1 ${token}`])
  })

  it('killed after any batch and resumed gives what an uninterrupted scan gives', async () => {
    const tokens = Array.from({ length: 200 }, githubToken)
    plant(root, Object.fromEntries(tokens.map((token, i) => [`d${i % 7}/f${i}.txt`, `${`${token}\n`.repeat(20)}`])))
    const whole = await scanSecretsIn(root)
    expect(whole.batches.length).toBeGreaterThan(2)
    for (let kill = 1; kill < whole.batches.length; kill++) {
      const first = await scanSecretsIn(root, {}, { maxBatches: kill })
      const second = await scanSecretsIn(root, {}, { resumeFrom: first.batches.at(-1)!.cursor })
      expect(new Set([...first.credentials, ...second.credentials].map((each) => JSON.stringify(each)))).toEqual(new Set(whole.credentials.map((each) => JSON.stringify(each))))
      expect(coverageOf(second)).toEqual(coverageOf(whole))
    }
  })

  it('is read by threads as by one', async () => {
    const tokens = Array.from({ length: 300 }, githubToken)
    plant(root, Object.fromEntries(tokens.map((token, i) => [`d${i % 7}/f${i}.txt`, token])))
    expect(seen(await scanSecretsIn(root, { threads: 2 }))).toEqual(seen(await scanSecretsIn(root)))
  })

  it('lets no value into an observation, a problem or a cursor', async () => {
    const token = githubToken()
    const id = `AKIA${'Q2R7'.repeat(4)}`
    plant(root, { [`${token.slice(0, 8)}.env`]: `T=${token}\nAWS_SECRET_ACCESS_KEY=${token.slice(4)}\nX_AWS_ID=${id}\nURL=postgres://u:${token}@h/d\n`, 'c.json': JSON.stringify({ password: token }) })
    const { batches } = await scanSecretsIn(root)
    expect(JSON.stringify(batches)).not.toContain(token.slice(8))
  })
})
