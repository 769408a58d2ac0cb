import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScanRow } from '@muster/core/api'
import { connectionOfRunning, connectStore } from '@muster/server/platform/db'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServerProcess } from '../support/server-process.ts'

const DIRECTORIES = 40
const FILES = 150
const SHARED = 25
const PATIENCE = 240_000

let server: ServerProcess
let token: string
let tree: string
/** One key in two files, one looked at before the server is killed and one after. */
const keyId = `${['AK', 'IA'].join('')}${Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`
const pathOf = (d: number, f: number) => join(tree, `d${String(d).padStart(2, '0')}`, `f${f}.env`)

beforeAll(async () => {
  server = await ServerProcess.start()
  token = server.token('operator')
  tree = join(server.home, 'tree')
  const shared = Array.from({ length: SHARED }, () => randomBytes(15).toString('base64url'))
  for (let d = 0; d < DIRECTORIES; d++) {
    await mkdir(join(tree, `d${String(d).padStart(2, '0')}`), { recursive: true })
    // Every directory repeats a few values, so that their credentials grow while the scan goes on.
    await Promise.all(Array.from({ length: FILES }, (_, f) => writeFile(pathOf(d, f), `DB_HOST=db.internal\nDB_PASSWORD=${f < SHARED ? shared[f]! : randomBytes(15).toString('base64url')}\n`)))
  }
  await writeFile(pathOf(0, FILES), `id ${keyId}\n`)
  await writeFile(pathOf(DIRECTORIES - 1, FILES), `AWS_SECRET_ACCESS_KEY=${randomBytes(30).toString('base64')}\n`)
}, PATIENCE)
afterAll(() => server?.remove(), PATIENCE)

const PLACES = DIRECTORIES * FILES + 2
const VALUES = SHARED + DIRECTORIES * (FILES - SHARED) + 2
const scanOf = async (id: string) => (await server.call<ScanRow>('GET', `scans/${id}`, token)).body
const start = async () => (await server.call<ScanRow>('POST', 'scans', token, { kind: 'secrets', options: { targets: [tree] } })).body.id

async function places(): Promise<{ present: string[]; gone: string[]; values: number }> {
  const db = await connectStore((await connectionOfRunning(server.data))!, { maxConnections: 1 })
  try {
    const { rows } = await sql<{ path: string; gone: boolean }>`SELECT place AS path, gone_at IS NOT NULL AS gone FROM location WHERE place LIKE ${`${tree}/%`} ORDER BY 1`.execute(db)
    const counted = await sql<{ n: number }>`SELECT count(*)::int AS n FROM credential WHERE kind = 'secret'`.execute(db)
    return { present: rows.filter(({ gone }) => !gone).map(({ path }) => path), gone: rows.filter(({ gone }) => gone).map(({ path }) => path), values: counted.rows[0]!.n }
  } finally {
    await db.destroy()
  }
}

async function secretKeyFacts(): Promise<unknown> {
  const db = await connectStore((await connectionOfRunning(server.data))!, { maxConnections: 1 })
  try {
    const { rows } = await sql<{ facts: unknown }>`SELECT d.facts FROM location l JOIN credential_document d ON d.tenant_id = l.tenant_id AND d.credential_id = l.credential_id WHERE l.place = ${pathOf(DIRECTORIES - 1, FILES)}`.execute(db)
    return rows[0]?.facts
  } finally {
    await db.destroy()
  }
}

/** Kills the server once the scan has stored more than `share` of its files, and starts it again. Returns how much was stored. */
async function killDuring(id: string, share: number): Promise<number> {
  let done = 0
  await server.until('the scan moves', async () => {
    const { state, progress } = await scanOf(id)
    done = progress?.done ?? 0
    return state !== 'queued' && (state !== 'running' || done > DIRECTORIES * FILES * share)
  }, PATIENCE)
  await server.kill()
  await server.start()
  return done
}

describe('kill -9 of the server in the middle of a scan for secrets', () => {
  it('resumes each time, finds every value once, and keys fingerprints as before', async () => {
    const id = await start()
    const stops: number[] = []
    for (const share of [0, 0.4]) stops.push(await killDuring(id, share))
    expect(stops[0], 'the first kill came while it ran').toBeLessThan(DIRECTORIES * FILES)
    expect((await scanOf(id)).progress!.done, 'what was acknowledged is not done again').toBeGreaterThanOrEqual(stops.at(-1)!)
    await server.until('the scan completes', async () => (await scanOf(id)).state === 'complete', PATIENCE)
    expect((await scanOf(id)).counts).toMatchObject({ credentialsNew: VALUES, locationsNew: PLACES, locationsGone: 0 })
    expect(await places()).toMatchObject({ present: { length: PLACES }, gone: [], values: VALUES })
    expect(await secretKeyFacts(), 'the key whose halves lie on either side of the kills').toMatchObject({ facts: { keyId } })
  }, PATIENCE)

  it('retires exactly what is gone when a later scan was killed as well, and keeps what people said', async () => {
    const before = await places()
    const removed = new Set([...Array.from({ length: FILES }, (_, f) => pathOf(7, f)), ...Array.from({ length: DIRECTORIES }, (_, d) => pathOf(d, 3))])
    const { body } = await server.call<{ items: { id: string; fingerprint: string }[] }>('GET', `credentials?kind=secret&q=${encodeURIComponent(pathOf(7, 100))}`, token)
    expect((await server.call('POST', 'secrets/assess', token, { select: { ids: body.items.map((row) => row.id) }, state: 'rotated' })).body).toEqual({ changed: 1 })
    for (const path of removed) await rm(path)
    const id = await start()
    await killDuring(id, 0)
    await server.until('the scan completes', async () => (await scanOf(id)).state === 'complete', PATIENCE)
    const after = await places()
    expect(after.present).toEqual(before.present.filter((path) => !removed.has(path)))
    expect(after.gone).toEqual([...removed].sort())
    expect((await scanOf(id)).counts).toMatchObject({ credentialsNew: 0, locationsGone: removed.size })
    const { body: gone } = await server.call<{ row: { secretState: string; goneAt: string | null } }>('GET', `credentials/${body.items[0]!.id}`, token)
    expect(gone.row).toMatchObject({ secretState: 'rotated', goneAt: expect.any(String) as string })
  }, PATIENCE)
})
