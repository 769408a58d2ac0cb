import { DEFAULT_TENANT, manualClock, type Observation, uuidV7 } from '@muster/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { inTx } from '../platform/db/db.ts'
import { inventoryMigrations } from './migrations.ts'
import { reconcile, type ReconcileCounts } from './reconcile.ts'
import { atEndpoint, inFile, sampleCertificate, sampleKey, sampleMachine, sighting } from './samples.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
let database: TestDatabase

beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })
beforeEach(async () => {
  const { rows } = await sql<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'muster_migration'`.execute(database.db)
  await sql`TRUNCATE ${sql.join(rows.map((row) => sql.table(row.tablename)))}`.execute(database.db)
  clock.advance(60_000)
})

function apply(observations: Observation[], scanId = uuidV7(clock)): Promise<ReconcileCounts> {
  return inTx(database.db, (tx) => reconcile(tx, { tenantId, scanId, startedAt: clock.now(), observations }, clock))
}

async function credentials(): Promise<{ id: string; kind: string; name: string; location_count: number; machine_count: number; location_kinds: string[] }[]> {
  const { rows } = await sql<{ id: string; kind: string; name: string; location_count: number; machine_count: number; location_kinds: string[] }>`SELECT * FROM credential ORDER BY name`.execute(database.db)
  return rows
}

describe('reconcile', () => {
  it('the same certificate on ten endpoints and in three files is one credential with thirteen locations', async () => {
    const leaf = sampleCertificate('leaf')
    const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
    const endpoints = Array.from({ length: 10 }, (_, i) => sighting('m', leaf, atEndpoint('10.0.0.1', 8000 + i)))
    const files = ['/a.pem', '/b.pem', '/c.pem'].map((path) => sighting('m', leaf, inFile(path)))
    const counts = await apply([machine, ...endpoints, ...files])
    expect(counts).toEqual({ sightings: 14, credentialsNew: 1, locationsNew: 13 })
    expect(await credentials()).toMatchObject([{ name: 'a.example.com', location_count: 13, machine_count: 1, location_kinds: ['loc:endpoint', 'loc:file'] }])
  })

  it('a batch applied twice is a batch applied once', async () => {
    const batch = [sampleMachine('m', [{ type: 'host-id', value: 'h1' }]), sighting('m', sampleCertificate('leaf'), inFile('/a.pem'))]
    await apply(batch)
    const again = await apply(batch)
    expect(again).toMatchObject({ credentialsNew: 0, locationsNew: 0 })
    expect(await credentials()).toMatchObject([{ location_count: 1 }])
  })

  it('a private key seen in an SSH role is one ssh-key from then on', async () => {
    const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
    await apply([machine, sighting('m', sampleKey('k'), inFile('/root/.ssh/id', { part: 'private-key' }))])
    await apply([machine, sighting('m', sampleKey('k', 'ssh-key'), inFile('/root/.ssh/id.pub', { part: 'public-key' }))])
    await apply([machine, sighting('m', sampleKey('k'), inFile('/root/.ssh/id', { part: 'private-key' }))])
    expect(await credentials()).toMatchObject([{ kind: 'ssh-key', location_count: 2 }])
  })

  it('names from hostile certificates that PostgreSQL cannot store are stored with replacement characters', async () => {
    const hostile = sampleCertificate('nul', { commonName: 'a\0b\uD800', subject: 'CN=a\0b' })
    await apply([sampleMachine('m\0', [{ type: 'host-id', value: 'h1' }]), sighting('m\0', hostile, inFile('/x\0.pem'))])
    expect((await credentials())[0]!.name).toBe('a\uFFFDb\uFFFD')
  })

  it('an observation on a machine the scan never introduced is refused and nothing is stored', async () => {
    await expect(apply([sighting('ghost', sampleCertificate('x'), inFile('/x.pem'))])).rejects.toMatchObject({ code: 'request.invalid' })
    expect(await credentials()).toEqual([])
  })
})
