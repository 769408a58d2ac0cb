import { type Certificate, DEFAULT_TENANT, manualClock, type Observation, uuidV7 } from '@muster/core'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inTx } from '../platform/db/db.ts'
import { readTallies, recount } from './count-store.ts'
import { inventoryMigrations } from './migrations.ts'
import { reconcile } from './reconcile.ts'
import { atEndpoint, coveredPath, inFile, sampleCertificate, sampleMachine, sighting } from './samples.ts'
import { retireUncovered } from './retire.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
let database: TestDatabase
beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })

const machines = ['m0', 'm1', 'm2'].map((ref) => sampleMachine(ref, [{ type: 'host-id', value: ref }]))
const certificates = ['a', 'b', 'c'].map((seed, i) => sampleCertificate(seed, { notAfter: `2027-0${i + 1}-01T00:00:00Z` }))
type Sight = { machine: string; certificate: Certificate; place: number; trustStore: boolean; endpoint: boolean }
const sight: fc.Arbitrary<Sight> = fc.record({ machine: fc.constantFrom('m0', 'm1', 'm2'), certificate: fc.constantFrom(...certificates), place: fc.nat(3), trustStore: fc.boolean(), endpoint: fc.boolean() })
/** A scan: what it sees in its batches, and whether what it did not see under `/etc` of each machine is gone then. */
const scan = fc.record({ batches: fc.array(fc.array(sight, { maxLength: 5 }), { minLength: 1, maxLength: 3 }), complete: fc.boolean() })

const toObservation = ({ machine, certificate, place, trustStore, endpoint }: Sight): Observation =>
  sighting(machine, certificate, endpoint ? atEndpoint(`10.0.0.${place}`, 443) : inFile(`/etc/${trustStore ? 'trust' : 'plain'}${place}.pem`, { trustStore }))

const counted = async () => (await sql`SELECT id, location_count, machine_count, location_kinds, trust_store_only, gone FROM credential ORDER BY id`.execute(database.db)).rows
const totals = async () => (await readTallies(database.db, tenantId, ['expires', 'seen', 'unowned'])).map((one) => JSON.stringify(one)).sort()
const countedAnew = async () => (await sql<{ n: number; unowned: number }>`
  SELECT count(*)::int AS n, (count(*) FILTER (WHERE owner IS NULL))::int AS unowned FROM credential WHERE NOT gone AND NOT trust_store_only`.execute(database.db)).rows[0]!
const sum = async (dimension: 'expires' | 'seen' | 'unowned') => (await readTallies(database.db, tenantId, [dimension])).reduce((all, { count }) => all + count, 0)

it('whatever scans see, in whatever batches, numbers and totals are those of a count from scratch', async () => {
  await fc.assert(fc.asyncProperty(fc.array(scan, { minLength: 1, maxLength: 4 }), async (scans) => {
    await sql`TRUNCATE credential, credential_seen, credential_search, credential_document, credential_event, location, machine, machine_identifier, scan_machine, inventory_tally, evaluation_queue`.execute(database.db)
    for (const { batches, complete } of scans) {
      clock.advance(60_000)
      const [scanId, startedAt] = [uuidV7(clock), clock.now()]
      for (const batch of batches) {
        clock.advance(1000)
        await inTx(database.db, (tx) => reconcile(tx, { tenantId, scanId, startedAt, observations: [...machines, ...batch.map(toObservation)] }, clock))
      }
      if (complete) await inTx(database.db, (tx) => retireUncovered(tx, { tenantId, scanId, startedAt, coverage: machines.map(({ ref }) => coveredPath(ref, '/etc')), localIdentifiers: [] }, clock))
    }
    const before = { rows: await counted(), totals: await totals() }
    const ids = (before.rows as { id: string }[]).map(({ id }) => id)
    expect(await inTx(database.db, (tx) => recount(tx, tenantId, ids, clock.now()))).toEqual([])
    expect({ rows: await counted(), totals: await totals() }).toEqual(before)
    const anew = await countedAnew()
    expect([await sum('expires'), await sum('seen'), await sum('unowned')]).toEqual([anew.n, anew.n, anew.unowned])
  }), { numRuns: 25 })
}, 120_000)
