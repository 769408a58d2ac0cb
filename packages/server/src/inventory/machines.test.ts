import { DEFAULT_TENANT, manualClock, type Observation, uuidV7 } from '@muster/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import { inTx } from '../platform/db/db.ts'
import { inventoryMigrations } from './migrations.ts'
import { readMachineRow } from './machine-list-store.ts'
import { reconcile } from './reconcile.ts'
import { atEndpoint, inFile, sampleCertificate, sampleEndpoint, sampleMachine, sighting } from './samples.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
let database: TestDatabase

beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })
beforeEach(async () => {
  const { rows } = await sql<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'muster_migration'`.execute(database.db)
  await sql`TRUNCATE ${sql.join(rows.map((row) => sql.table(row.tablename)))}`.execute(database.db)
})

function scan(observations: Observation[], localIdentifiers: Parameters<typeof reconcile>[1]['localIdentifiers'] = []): Promise<unknown> {
  clock.advance(60_000)
  return inTx(database.db, (tx) => reconcile(tx, { tenantId, scanId: uuidV7(clock), startedAt: clock.now(), observations, localIdentifiers }, clock))
}

async function machines(): Promise<{ id: string; name: string }[]> {
  return (await sql<{ id: string; name: string }>`SELECT id, name FROM machine ORDER BY name`.execute(database.db)).rows
}

const leaf = sampleCertificate('leaf')
const hostScan = sampleMachine('this-machine', [{ type: 'host-id', value: 'h1' }, { type: 'ssh-host-key', value: 'k1' }, { type: 'address', value: '10.0.0.1' }], { name: 'web1' })

describe('machines across scans', () => {
  it('seen from the network and from inside are one, and a place both saw is one place', async () => {
    const outside = sampleMachine('10.0.0.1', [{ type: 'address', value: '10.0.0.1' }])
    const chain = [leaf.fingerprint]
    await scan([outside, sampleEndpoint('10.0.0.1', '10.0.0.1', 443, chain), sighting('10.0.0.1', leaf, atEndpoint('10.0.0.1', 443))])
    await scan([hostScan, sampleEndpoint('this-machine', '10.0.0.1', 443, chain), sighting('this-machine', leaf, atEndpoint('10.0.0.1', 443)), sighting('this-machine', leaf, inFile('/leaf.pem'))])
    expect(await machines()).toMatchObject([{ name: 'web1' }])
    const { rows } = await sql`SELECT location_count, machine_count FROM credential`.execute(database.db)
    expect(rows).toEqual([{ location_count: 2, machine_count: 1 }])
    expect((await sql`SELECT 1 FROM endpoint`.execute(database.db)).rows).toHaveLength(1)
  })

  it('known apart become one when a scan proves it; what was on either is on the one, and the old id still answers', async () => {
    await scan([sampleMachine('a', [{ type: 'ssh-host-key', value: 'k1' }]), sighting('a', leaf, atEndpoint('a', 22, { protocol: 'ssh' })), sighting('a', leaf, inFile('/same.pem'))])
    await scan([sampleMachine('b', [{ type: 'address', value: '10.0.0.1' }]), sighting('b', leaf, atEndpoint('10.0.0.1', 443)), sighting('b', leaf, inFile('/same.pem'))])
    const before = await machines()
    expect(before).toHaveLength(2)
    await scan([hostScan])
    const after = await machines()
    expect(after).toMatchObject([{ name: 'web1' }])
    const { rows } = await sql`SELECT location_count, machine_count FROM credential`.execute(database.db)
    expect(rows).toEqual([{ location_count: 3, machine_count: 1 }])
    for (const { id } of before) expect(await readMachineRow(database.db, tenantId, id)).toMatchObject({ id: after[0]!.id, credentialCount: 1 })
  })

  it('that share a cloned host key stay two, and the conflict is on record', async () => {
    await scan([sampleMachine('one', [{ type: 'host-id', value: 'h1' }, { type: 'ssh-host-key', value: 'cloned' }])])
    await scan([sampleMachine('two', [{ type: 'host-id', value: 'h2' }, { type: 'ssh-host-key', value: 'cloned' }])])
    await scan([sampleMachine('one', [{ type: 'host-id', value: 'h1' }, { type: 'ssh-host-key', value: 'cloned' }])])
    expect(await machines()).toMatchObject([{ name: 'one' }, { name: 'two' }])
    const { rows } = await sql`SELECT DISTINCT type, value FROM machine_conflict`.execute(database.db)
    expect(rows).toEqual([{ type: 'ssh-host-key', value: 'cloned' }])
  })

  it('scanned at a loopback address are the machine that scanned', async () => {
    await scan([hostScan])
    const loopback = sampleMachine('127.0.0.1', [{ type: 'address', value: '127.0.0.1' }])
    await scan([loopback, sighting('127.0.0.1', leaf, atEndpoint('127.0.0.1', 8443))], [{ type: 'host-id', value: 'h1' }])
    expect(await machines()).toMatchObject([{ name: 'web1' }])
  })

  it('without anything that tells are not new at every scan', async () => {
    const nobody = sampleMachine('127.0.0.1', [{ type: 'address', value: '127.0.0.1' }])
    await scan([nobody])
    await scan([nobody])
    expect(await machines()).toHaveLength(1)
  })

  it('introduced twice in one batch under two names are one', async () => {
    await scan([sampleMachine('a.example', [{ type: 'dns-name', value: 'a.example' }, { type: 'address', value: '10.0.0.1' }]), sampleMachine('b.example', [{ type: 'dns-name', value: 'b.example' }, { type: 'address', value: '10.0.0.1' }]),
      sighting('a.example', leaf, atEndpoint('a.example', 443)), sighting('b.example', leaf, atEndpoint('b.example', 443))])
    expect(await machines()).toHaveLength(1)
  })
})
