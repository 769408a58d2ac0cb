import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import type { ScanRow } from '@muster/core/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ServerProcess } from '../support/server-process.ts'
import { type Fixtures, makeFixtures } from './fixtures.ts'
import { runScript, type Surroundings } from './script.ts'

const PATIENCE = 240_000
const script = (name: string) => join(fileURLToPath(new URL('./server', import.meta.url)), name)
let fixtures: Fixtures
let server: ServerProcess
let surroundings: Surroundings

beforeAll(async () => {
  [fixtures, server] = await Promise.all([makeFixtures(), ServerProcess.start()])
  const tokens = { ADMIN: server.token('administrator'), OPERATOR: server.token('operator'), VIEWER: server.token('viewer') }
  surroundings = {
    directory: fixtures.bench.path, loginFile: join(fixtures.bench.path, 'config/muster/login.json'), forbidden: [...fixtures.secrets, ...Object.values(tokens)],
    variables: { ...tokens, SOON: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10), SERVER: server.url, DATA: server.data, CLOSED: `127.0.0.1:${fixtures.closedPort}`, TLS: `127.0.0.1:${fixtures.tlsPort}` },
  }
}, PATIENCE)
afterAll(async () => {
  await server?.remove()
  fixtures?.close()
}, PATIENCE)

it('signs in and out; the login is for this user alone', async () => {
  await runScript(script('login.txt'), surroundings)
  expect(statSync(surroundings.loginFile).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(surroundings.loginFile, 'utf8'))).toMatchObject({ server: server.url })
  await runScript(script('logout.txt'), surroundings)
  expect(() => statSync(surroundings.loginFile)).toThrow(/ENOENT/)
}, PATIENCE)

it('a scan is sent, and the server shows it', async () => {
  await runScript(script('scan.txt'), surroundings)
  // The rules are evaluated in the background.
  await server.until('findings are there', async () => (await server.call<{ items: unknown[] }>('GET', 'findings?rule=x509.expired', surroundings.variables['VIEWER']!)).body.items.length > 0)
  await runScript(script('lists.txt'), surroundings)
}, PATIENCE)

it('secrets are sent as digests, and what people say of them holds for the value', async () => {
  await runScript(script('secrets.txt'), surroundings)
}, PATIENCE)

it('a scan that is interrupted is cancelled on the server too', async () => {
  const silent = createTcp(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const args = ['scan', 'tls', `127.0.0.1:${port}`, '--timeout-ms', '100000', '--server', server.url, '--token', surroundings.variables['OPERATOR']!]
  const connected = once(silent, 'connection')
  const child = spawn(fileURLToPath(new URL('../../muster', import.meta.url)), args, { stdio: 'ignore' })
  const [socket] = (await connected) as [Socket]
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([130, null])
  socket.destroy()
  silent.close()
  const { items } = (await server.call<{ items: ScanRow[] }>('GET', 'scans?limit=1', surroundings.variables['VIEWER']!)).body
  expect(items[0]).toMatchObject({ origin: 'import', state: 'cancelled', counts: { locationsGone: 0 } })
}, PATIENCE)

it('exports are whole and what they say they are', async () => {
  mkdirSync(join(fixtures.bench.path, 'exports'), { recursive: true })
  await runScript(script('export.txt'), surroundings)
  for (const [name, version] of [['1.7', Spec.Version.v1dot7], ['1.6', Spec.Version.v1dot6]] as const) {
    const text = readFileSync(join(fixtures.bench.path, `exports/cbom-${name}.json`), 'utf8')
    expect(await new Validation.JsonStrictValidator(version).validate(text), name).toBeNull()
    expect(JSON.parse(text)).toMatchObject({ bomFormat: 'CycloneDX', specVersion: name })
  }
}, PATIENCE)

it('the audit log verifies on the server and from its export, and a changed one does not', async () => {
  const response = await fetch(`${server.url}/api/v1/export/audit`, { headers: { authorization: `Bearer ${surroundings.variables['ADMIN']}` } })
  const head = response.headers.get('x-muster-audit-head')!
  const text = await response.text()
  writeFileSync(join(fixtures.bench.path, 'audit.ndjson'), text)
  writeFileSync(join(fixtures.bench.path, 'audit-changed.ndjson'), text.replace('scan.ended', 'scan.began'))
  writeFileSync(join(fixtures.bench.path, 'audit-cut.ndjson'), text.split('\n').slice(0, 2).map((line) => `${line}\n`).join(''))
  await runScript(script('audit.txt'), { ...surroundings, variables: { ...surroundings.variables, HEAD: head } })
}, PATIENCE)

it('tokens are made on the host of the server', async () => {
  await runScript(script('token.txt'), surroundings)
}, PATIENCE)
