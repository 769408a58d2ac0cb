import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import type { ScanRow } from '@muster/core/api'
import { createTestCertificate } from '@muster/testkit'
import { connectionOfRunning, connectStore } from '@muster/server/platform/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServerProcess } from '../support/server-process.ts'

const DIRECTORIES = 30
const FILES = 110
const BROKEN_PER_DIRECTORY = 2
const PATIENCE = 240_000

let server: ServerProcess
let token: string
let tree: string
let directories: string[]

beforeAll(async () => {
  server = await ServerProcess.start()
  token = server.token('operator')
  tree = join(server.home, 'tree')
  const certificates = Array.from({ length: 200 }, (_, i) => createTestCertificate({ subject: `CN=c${i}.example.com` }))
  const broken = `-----BEGIN CERTIFICATE-----\n${certificates[0]!.der.subarray(0, 200).toString('base64')}\n-----END CERTIFICATE-----\n`
  directories = Array.from({ length: DIRECTORIES }, (_, d) => join(tree, `d${String(d).padStart(2, '0')}`))
  for (const [d, directory] of directories.entries()) {
    await mkdir(directory, { recursive: true })
    await Promise.all(Array.from({ length: FILES }, (_, f) => writeFile(join(directory, `f${f}.pem`), certificates[(d * FILES + f) % certificates.length]!.pem)))
    await Promise.all(Array.from({ length: BROKEN_PER_DIRECTORY }, (_, f) => writeFile(join(directory, `x${f}.pem`), broken)))
  }
}, PATIENCE)
afterAll(() => server?.remove(), PATIENCE)

const scanOf = async (id: string) => (await server.call<ScanRow>('GET', `scans/${id}`, token)).body
const startHostScan = async () => (await server.call<ScanRow>('POST', 'scans', token, { kind: 'host', options: { roots: directories } })).body.id
/** Places below the tree that are present, and those that are gone. */
async function places(): Promise<{ present: string[]; gone: string[] }> {
  const db = await connectStore((await connectionOfRunning(server.data))!, { maxConnections: 1 })
  try {
    const { rows } = await sql<{ path: string; gone: boolean }>`
      SELECT facts->>'path' AS path, gone_at IS NOT NULL AS gone FROM location WHERE facts->>'path' LIKE ${`${tree}/%`} ORDER BY 1`.execute(db)
    return { present: rows.filter(({ gone }) => !gone).map(({ path }) => path), gone: rows.filter(({ gone }) => gone).map(({ path }) => path) }
  } finally {
    await db.destroy()
  }
}

/** Kills the server once the scan has done more than `share` of `total`, and starts it again. Returns how much it had done. */
async function killDuring(id: string, total: number, share: number): Promise<number> {
  let done = 0
  await server.until('the scan moves', async () => {
    const { state, progress } = await scanOf(id)
    done = progress?.done ?? 0
    return state !== 'queued' && (state !== 'running' || done >= total * share)
  })
  await server.kill()
  await server.start()
  return done
}

describe('kill -9 of the server in the middle of a host scan', () => {
  it('resumes each time and finds everything once', async () => {
    const id = await startHostScan()
    const total = DIRECTORIES * (FILES + BROKEN_PER_DIRECTORY)
    const stops: number[] = []
    for (const share of [0.05, 0.5]) stops.push(await killDuring(id, total, share))
    expect(stops[0], 'the first kill came while it ran').toBeLessThan(total)
    const resumed = await scanOf(id)
    expect(resumed.progress!.done, 'what was acknowledged is not done again').toBeGreaterThanOrEqual(stops.at(-1)!)
    await server.until('the scan completes', async () => (await scanOf(id)).state === 'complete', PATIENCE)
    const scan = await scanOf(id)
    expect(scan.counts).toMatchObject({ credentialsNew: 200, locationsNew: DIRECTORIES * FILES, locationsGone: 0, problems: DIRECTORIES * BROKEN_PER_DIRECTORY })
    expect(await places()).toMatchObject({ present: { length: DIRECTORIES * FILES }, gone: [] })
  }, PATIENCE)

  it('retires exactly what is gone when a later scan was killed as well', async () => {
    const removed = [...Array.from({ length: FILES }, (_, f) => join(directories[3]!, `f${f}.pem`)), ...directories.map((directory) => join(directory, 'f7.pem'))]
    for (const path of removed) await rm(path, { force: true })
    const before = (await places()).present
    const id = await startHostScan()
    await killDuring(id, before.length, 0.3)
    await server.until('the scan completes', async () => (await scanOf(id)).state === 'complete', PATIENCE)
    const expected = new Set(removed)
    expect(await places()).toEqual({ present: before.filter((path) => !expected.has(path)), gone: [...expected].sort() })
    expect((await scanOf(id)).counts).toMatchObject({ credentialsNew: 0, locationsGone: expected.size })
  }, PATIENCE)
})

describe('kill -9 in the middle of a network scan', () => {
  let tls: Server
  let port: number
  beforeAll(async () => {
    const { pem, privateKeyPem } = createTestCertificate({ subject: 'CN=net.example.com' })
    tls = createServer({ cert: pem, key: privateKeyPem }, (socket) => socket.on('error', () => {}).end()).on('tlsClientError', () => {})
    tls.listen(0, '0.0.0.0')
    await once(tls, 'listening')
    port = (tls.address() as AddressInfo).port
  })
  afterAll(() => { tls.close() })

  it('of the server and of its database: every endpoint is found, and what was acknowledged meanwhile is there', async () => {
    const targets = [`127.7.0.1-127.7.0.200`]
    const { body } = await server.call<ScanRow>('POST', 'scans', token, { kind: 'tls', options: { targets, ports: String(port), concurrency: 8, ratePerSecond: 60, bothKeyTypes: false } })
    const acknowledged: string[] = []
    const load = new AbortController()
    const loading = (async () => {
      for (let i = 0; !load.signal.aborted; i++) {
        const name = `s${i}`
        const answer = await server.call<{ id: string }>('POST', 'schedules', token, { name, kind: 'host', options: {}, cron: '0 3 * * *', timeZone: 'UTC', enabled: false }).catch(() => null)
        if (answer?.status === 201) acknowledged.push(answer.body.id)
        else await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
    await killDuring(body.id, 200, 0.1)
    await server.until('it goes on', async () => ((await scanOf(body.id)).progress?.done ?? 0) >= 60)
    const victim = await server.postmaster()
    process.kill(victim, 'SIGKILL')
    await server.until('the database is back', async () => (await server.postmaster().catch(() => victim)) !== victim && (await fetch(`${server.url}/readyz`)).ok)
    load.abort()
    await loading
    await server.until('the scan completes', async () => (await scanOf(body.id)).state === 'complete', PATIENCE)
    const scan = await scanOf(body.id)
    expect(scan).toMatchObject({ message: null, progress: { done: 200, total: 200 }, counts: { credentialsNew: 1, locationsNew: 200, locationsGone: 0 } })
    const { items } = (await server.call<{ items: { id: string }[] }>('GET', 'schedules', token)).body
    const kept = new Set(items.map(({ id }) => id))
    expect(acknowledged.length).toBeGreaterThan(5)
    expect(acknowledged.slice(0, 1000).filter((id) => !kept.has(id))).toEqual([])
    const { body: audit } = await server.call<{ intact: boolean }>('GET', 'audit/verification', server.token('administrator'))
    expect(audit.intact).toBe(true)
  }, PATIENCE)
})
