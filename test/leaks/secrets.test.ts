import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createSecretsConnector } from '@muster/connectors'
import { Secret, systemClock } from '@muster/core'
import type { ScanRow } from '@muster/core/api'
import { defaultRules, drawExample, secretDigest, SecretScanner, seededRandom } from '@muster/detect'
import { connectionOfRunning, connectStore } from '@muster/server/platform/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServerProcess } from '../support/server-process.ts'

let server: ServerProcess
let operator: string
let administrator: string
/** Every value that was planted anywhere. */
const planted = new Map<string, string>()
const plant = (name: string, value: string) => {
  planted.set(name, value)
  return value
}
const random = (bytes = 18) => randomBytes(bytes).toString('base64url')

beforeAll(async () => {
  server = await ServerProcess.start()
  operator = server.token('operator')
  administrator = server.token('administrator')
}, 240_000)
afterAll(() => server?.remove())

/** What is said of a value on purpose: identifiers that a key is called by. */
const identifiers = /^(?:aws-access-key-id|alibaba-access-key-id|tencent-secret-id)$/

/** An example of every rule, each in a file of its own, and files whose format gives the secret away. */
function files(): Record<string, string> {
  const scanner = new SecretScanner(defaultRules())
  const draw = seededRandom(randomBytes(4).readUInt32BE())
  const all: Record<string, string> = {}
  for (const { id, examples } of defaultRules().rules) {
    const text = drawExample(examples.matches[0]!, draw)
    all[`rules/${id}.txt`] = `${text}\n`
    const found = scanner.scan({ bytes: Buffer.from(text), path: `${id}.txt` }, systemClock).findings.filter(({ suppressedBy, kind }) => suppressedBy === null && !identifiers.test(kind))
    for (const { secret } of found) if (secret.reveal().length >= 12) plant(id, secret.revealText())
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
  plant('private key', privateKey.split('\n')[1]!)
  const values = Object.fromEntries(['pgpass', 'netrc', 'docker', 'kubernetes', 'url', 'wordpress', 'aws', 'decoded', 'compose'].map((name) => [name, plant(name, random())]))
  return {
    ...all,
    'home/.pgpass': `db.internal:5432:shop:app:${values['pgpass']}\n`,
    'home/.netrc': `machine git.internal login ann password ${values['netrc']}\n`,
    'home/.docker/config.json': JSON.stringify({ auths: { 'registry.internal': { auth: Buffer.from(`ann:${values['docker']}`).toString('base64') } } }),
    'k8s/secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: shop }\ndata: { password: ${Buffer.from(values['kubernetes']!).toString('base64')} }\n`,
    'app/settings.py': `DATABASE_URL = "postgres://app:${values['url']}@db.internal/shop"\n`,
    'www/wp-config.php': `<?php\ndefine( 'DB_USER', 'shop' );\ndefine( 'DB_PASSWORD', '${values['wordpress']}' );\ndefine( 'DB_HOST', 'db.internal' );\n`,
    'home/.aws/credentials': `[default]\naws_access_key_id = AKIA${randomBytes(20).toString('hex').toUpperCase().replaceAll(/[^A-Z2-7]/g, 'Q').slice(0, 16)}\naws_secret_access_key = ${values['aws']}${random(12)}\n`,
    'app/deploy.sh': `echo ${Buffer.from(`password=${values['decoded']}`).toString('base64')} | base64 -d\n`,
    'compose.yaml': `services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: ${values['compose']}\n`,
    'tls/key.txt': `the key is\n${privateKey}\nkeep it\n`,
  }
}

/** Every form a careless program could keep a value in. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value)
  const hash = (text: string | Buffer) => createHash('sha256').update(text).digest()
  return [
    value, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex'), encodeURIComponent(value), JSON.stringify(value).slice(1, -1),
    hash(bytes).toString('hex'), hash(bytes).toString('base64'), secretDigest(Secret.fromText(value)),
  ]
}

/** A repository whose history holds a password that its files no longer show. */
async function repository(directory: string): Promise<void> {
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false', ...args], { stdio: 'ignore', env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: directory } })
  await mkdir(directory)
  git('init', '-q')
  for (const text of [`db.internal:5432:shop:app:${plant('history', random())}\n`, 'none\n']) {
    await writeFile(join(directory, '.pgpass'), text)
    git('add', '-A')
    git('commit', '-q', '-m', 'a change')
  }
}

/** Everything the server keeps besides its tables. */
async function keptFiles(): Promise<string> {
  const entries = await readdir(server.data, { recursive: true, withFileTypes: true })
  const kept = entries.filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(server.data, 'postgres')))
  const read = await Promise.all(kept.map(async (entry) => `${entry.name}\n${await readFile(join(entry.parentPath, entry.name), 'latin1')}`))
  return read.join('\n')
}

/** A scan that runs elsewhere: the server is asked for fingerprints of digests and sent the batches. */
async function imported(directory: string): Promise<ScanRow> {
  await mkdir(directory)
  await writeFile(join(directory, '.pgpass'), `db.internal:5432:shop:app:${plant('imported', random())}\n`)
  const fingerprints = async (digests: readonly string[]) => (await server.call<{ fingerprints: string[] }>('POST', 'secrets/fingerprints', operator, { digests })).body.fingerprints
  const connector = createSecretsConnector({ fingerprints })
  const { body: begun } = await server.call<ScanRow>('POST', 'imports', operator, { kind: 'secrets', title: 'elsewhere' })
  let sequence = 0
  const context = { clock: systemClock, signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
  for await (const batch of connector.scan(connector.options.parse({ targets: [directory] }), context)) {
    expect((await server.call('POST', `imports/${begun.id}/batches`, operator, { sequence: sequence++, batch })).status).toBe(200)
  }
  return (await server.call<ScanRow>('POST', `imports/${begun.id}/finish`, operator, { state: 'complete' })).body
}

/** Every row of every table, the job engine's among them, as `COPY` writes them. */
async function dump(): Promise<{ text: string; tables: number; rows: number }> {
  const db = await connectStore((await connectionOfRunning(server.data))!, { maxConnections: 1 })
  try {
    const { rows: tables } = await sql<{ name: string }>`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`.execute(db)
    const parts: string[] = []
    let count = 0
    for (const { name } of tables) {
      const { rows } = await sql<{ text: string }>`SELECT t::text AS text FROM ${sql.raw(name)} AS t`.execute(db)
      count += rows.length
      parts.push(...rows.map(({ text }) => text))
    }
    return { text: parts.join('\n'), tables: tables.length, rows: count }
  } finally {
    await db.destroy()
  }
}

function leaks(text: string): string[] {
  const lower = text.toLowerCase()
  return [...planted].flatMap(([name, value]) => forms(value).some((form) => text.includes(form) || (/^[0-9a-f]{24,}$/.test(form) && lower.includes(form))) ? [name] : [])
}

const ended = async (id: string) => {
  await server.until('the scan ends', async () => !['queued', 'running'].includes((await server.call<ScanRow>('GET', `scans/${id}`, operator)).body.state), 240_000)
  return (await server.call<ScanRow>('GET', `scans/${id}`, operator)).body
}

describe('no secret is kept', () => {
  it('whatever door it came by: a scan, an import, a trial, requests that make no sense', async () => {
    const root = join(server.home, 'planted')
    const all = files()
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    expect(planted.size).toBeGreaterThan(300)
    const { body } = await server.call<ScanRow>('POST', 'scans', operator, { kind: 'secrets', options: { targets: [root] } })
    const scan = await ended(body.id)
    expect(scan).toMatchObject({ state: 'complete', message: null })
    expect(scan.counts.credentialsNew).toBeGreaterThan(300)

    const shop = join(server.home, 'shop')
    await repository(shop)
    for (let run = 0; run < 2; run++) {
      const { body: asked } = await server.call<ScanRow>('POST', 'scans', operator, { kind: 'secrets', options: { targets: [shop] } })
      expect((await ended(asked.id)).counts).toMatchObject({ credentialsNew: run === 0 ? 1 : 0, locationsGone: 0 })
    }

    expect((await imported(join(server.home, 'elsewhere'))).counts).toMatchObject({ credentialsNew: 1, locationsNew: 1 })

    const values = [...planted.values()]
    const digests = values.slice(0, 50).map((value) => secretDigest(Secret.fromText(value)))
    const { body: answered } = await server.call<{ fingerprints: string[] }>('POST', 'secrets/fingerprints', operator, { digests })
    expect(answered.fingerprints).toHaveLength(50)
    expect((await server.call('POST', 'secrets/assess', operator, { select: { fingerprints: answered.fingerprints }, state: 'confirmed', reason: 'planted' })).body).toEqual({ changed: 50 })

    const tried = await server.call<{ findings: unknown[] }>('POST', 'detection-rules/try', operator, { toml: null, path: 'pasted.txt', text: Object.values(all).join('\n') })
    expect(tried.body.findings.length).toBeGreaterThan(300)
    expect(leaks(JSON.stringify(tried.body))).toEqual([])

    const some = values.slice(0, 5)
    const senseless = [
      await server.call('POST', 'secrets/fingerprints', operator, { digests: some }), await server.call('POST', 'secrets/assess', operator, { select: { fingerprints: some }, state: 'confirmed' }),
      await server.call('POST', 'detection-rules/try', operator, { toml: `[[rules]]\nid = "x"\nregex = "("\n`, text: some.join('\n'), path: some[0] }),
      await server.call('POST', 'scans', operator, { kind: 'secrets', options: { targets: [] } }),
      await server.call('PUT', 'detection-config', administrator, { toml: '[[rules' }),
    ]
    expect(senseless.map(({ status }) => status)).toEqual([400, 400, 200, 400, 400])
    for (const { body: refusal } of senseless) expect(leaks(JSON.stringify(refusal))).toEqual([])

    // What was found again, gone, and its findings: every table has had its part.
    await rm(join(root, 'rules'), { recursive: true })
    expect((await ended((await server.call<ScanRow>('POST', 'scans', operator, { kind: 'secrets', options: { targets: [root] } })).body.id)).counts.locationsGone).toBeGreaterThan(300)
    const dumped = await dump()
    expect(dumped.tables).toBeGreaterThan(30)
    expect(dumped.rows).toBeGreaterThan(2000)
    expect(leaks(dumped.text)).toEqual([])
    expect(leaks(server.said)).toEqual([])
    const kept = await keptFiles()
    expect(kept).toContain('blobs-')
    expect(leaks(kept)).toEqual([])
    const audit = await (await fetch(`${server.url}/api/v1/export/audit`, { headers: { authorization: `Bearer ${administrator}` } })).text()
    expect(audit).toContain('secrets.assessed')
    expect(leaks(audit)).toEqual([])
  }, 240_000)

  it('would be seen if it were: the dump holds what people write', async () => {
    const value = plant('a reason', random(24))
    const { body } = await server.call<{ items: { id: string }[] }>('GET', 'credentials?kind=secret&limit=1', operator)
    await server.call('POST', 'secrets/assess', operator, { select: { ids: [body.items[0]!.id] }, state: 'confirmed', reason: `somebody pasted ${value}` })
    expect(leaks((await dump()).text)).toEqual(['a reason'])
  })
})
