import { randomBytes } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeServer, type FakeServer } from '../api/fake-server.testing.ts'
import { githubToken, scanSecretsIn } from '../secrets/scan.testing.ts'
import { verificationOf } from './verification.testing.ts'

let root = ''
let github: FakeServer
const live = githubToken()
const revoked = githubToken()
beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-verify-')))
  github = await fakeServer(({ headers }) => (headers.authorization === `Bearer ${live}` ? { json: { login: 'deploy-bot', id: 7, type: 'User' } } : { status: 401, json: { message: 'Bad credentials' } }))
  writeFileSync(join(root, 'a.env'), `A_TOKEN=${live}\nB_TOKEN=${revoked}\n`)
  writeFileSync(join(root, 'b.sh'), `curl -H "Authorization: Bearer ${live}" https://ci.example\nDB_PASSWORD=${randomBytes(12).toString('hex')}\n`)
})
afterEach(async () => {
  rmSync(root, { recursive: true, force: true })
  await github.close()
})

describe('a scan for secrets with verification', () => {
  it('says which are live and whose, asking about each value once', async () => {
    const verification = verificationOf({ providers: ['github'], baseUrls: { github: github.url } })
    const { credentials, batches } = await scanSecretsIn(root, {}, { parts: { verifiedFacts: verification.facts } })
    verification.close()
    const facts = credentials.map(({ credential, location }) => [location.kind === 'file-line' && `${location.path.slice(root.length + 1)}:${location.line}`, credential.kind === 'secret' && { state: credential.facts['verified'], login: credential.facts['login'] }])
    expect(Object.fromEntries(facts)).toMatchObject({ 'a.env:1': { state: 'live', login: 'deploy-bot' }, 'a.env:2': { state: 'dead', login: undefined }, 'b.sh:1': { state: 'live', login: 'deploy-bot' }, 'b.sh:2': { state: undefined } })
    expect(github.requests.length).toBe(2)
    expect(JSON.stringify(batches)).not.toContain(live)
  })

  it('asks nobody when nobody was named', async () => {
    const { credentials } = await scanSecretsIn(root)
    expect(credentials.length).toBeGreaterThan(2)
    expect(github.requests).toEqual([])
  })
})
