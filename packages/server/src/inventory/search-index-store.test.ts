import { DEFAULT_TENANT, manualClock, uuidV7 } from '@muster/core'
import { apiRoutes } from '@muster/core/api'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authorize, systemActor } from '../platform/actor.ts'
import { connectStore, inTx } from '../platform/db/index.ts'
import { listCredentials } from './credentials.ts'
import { inventoryMigrations } from './migrations.ts'
import { reconcile } from './reconcile.ts'
import { inFile, sampleCertificate, sampleMachine, sighting } from './samples.ts'
import { fileSearchWords } from './search-index-store.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
const may = authorize(systemActor(tenantId), 'inventory.read', { type: 'credential' })
const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
let database: TestDatabase

beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })

async function seen(names: readonly string[]): Promise<void> {
  const sightings = names.map((name) => sighting('m', sampleCertificate(name, { commonName: name, subject: `CN=${name}`, subjectAltNames: [] }), inFile(`/etc/ssl/${name}.pem`)))
  await inTx(database.db, (tx) => reconcile(tx, { tenantId, scanId: uuidV7(clock), startedAt: clock.now(), observations: [machine, ...sightings] }, clock))
}

const found = async (q: string) => (await listCredentials(database.db, may, apiRoutes.listCredentials.query.parse({ q }))).items.map(({ name }) => name)
const listedPages = async () => Number((await sql<{ pages: string }>`SELECT gin_clean_pending_list('credential_search_trigram') AS pages`.execute(database.db)).rows[0]!.pages)

it('new words are found before they are filed and afterwards', async () => {
  await seen(['before.example.com', 'other.example.com'])
  expect(await found('before')).toEqual(['before.example.com'])
  await fileSearchWords(database.db)
  expect(await listedPages()).toBe(0)
  expect(await found('before')).toEqual(['before.example.com'])
})

it('words that nobody filed wait in the list', async () => {
  await seen(['waits.example.com'])
  expect(await listedPages()).toBeGreaterThan(0)
})

it('batches go in while words are filed, and asking twice at once is asking once', async () => {
  const batches = Array.from({ length: 10 }, (_, b) => Array.from({ length: 50 }, (_unused, i) => `b${b}-${i}.example.net`))
  for (const batch of batches) {
    await seen(batch)
    expect(fileSearchWords(database.db)).toBe(fileSearchWords(database.db))
  }
  await fileSearchWords(database.db)
  await fileSearchWords(database.db)
  expect(await listedPages()).toBe(0)
  expect((await found('b7-31.example')).length).toBe(1)
})

it('a store that is away fails nobody', async () => {
  const away = await connectStore(database.connection, { maxConnections: 1, applicationName: 'muster-test' })
  await away.destroy()
  await expect(fileSearchWords(away)).resolves.toBeUndefined()
})
