/**
 * Pages of a store with a million credentials: every sort, every filter, deep pages, text search, the overview. Rows are made
 * by the server itself in set-based statements; times are those of the functions the routes call, result mapping included.
 * A number as argument makes a smaller store.
 */
import { fileURLToPath } from 'node:url'
import { DEFAULT_TENANT, systemClock } from '@muster/core'
import { apiRoutes, type CredentialListQuery } from '@muster/core/api'
import type { Db } from '@muster/server/platform/db'
import { sql } from 'kysely'
import { listCredentials } from '../packages/server/src/inventory/credentials.ts'
import { getCredential } from '../packages/server/src/inventory/detail.ts'
import { inventoryMigrations } from '../packages/server/src/inventory/migrations.ts'
import { inventoryOverview } from '../packages/server/src/inventory/overview.ts'
import { authorize, systemActor } from '../packages/server/src/platform/actor.ts'
import { withThrowAwayStore } from './store.ts'

const ROUNDS = 12
const may = authorize(systemActor(DEFAULT_TENANT), 'inventory.read', { type: 'credential' })

/** A row's number as an id that sorts like a version 7 UUID. */
const id = (space: string, number: string) => `('${space}0000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`

const seedStatements = (rows: number): string[] => [
  `INSERT INTO machine (tenant_id, id, name, sort_name, machine_kind, first_seen, last_seen)
   SELECT 'default', ${id('1', 'm')}, 'node-' || m, 'node-' || m, 'device', now(), now() FROM generate_series(0, ${Math.ceil(rows / 50) - 1}) AS m`,
  `INSERT INTO credential (tenant_id, id, kind, fingerprint, spki_sha256, ssh_fingerprint, serial_number, name, sort_name, issuer, algorithm, key_size_bits, not_before, not_after,
     subject_hash, issuer_hash, is_ca, owner, criticality, environment, location_count, machine_count, location_kinds, worst_severity, finding_count, open_rules, first_seen, gone_at)
   SELECT 'default', ${id('2', 'i')}, kind, sha256(int4send(i)), sha256(int4send(i + 500000000)), CASE WHEN kind = 'ssh-key' THEN 'SHA256:' || left(encode(sha256(int4send(i)), 'base64'), 43) END,
     CASE WHEN kind = 'certificate' THEN md5(i::text) END, name, name, CASE WHEN kind = 'certificate' THEN 'CN=Issuing CA ' || i % 40 || ',O=Example,C=DE' END,
     (ARRAY['rsa', 'rsa', 'ec', 'ec', 'ed25519'])[1 + h % 5], (ARRAY[2048, 4096, 256, 384, 256])[1 + h % 5], now() - interval '90 days',
     CASE WHEN kind IN ('certificate', 'crl') THEN now() - interval '200 days' + (h % 100000) * interval '12 minutes' END,
     md5(name)::uuid, CASE WHEN kind = 'certificate' THEN md5('ca' || i % 40)::uuid END, false,
     CASE WHEN h % 3 > 0 THEN 'team-' || h % 60 END, (ARRAY['critical', 'high', 'medium', 'low', NULL])[1 + h % 5], (ARRAY['production', 'staging', 'development', 'test'])[1 + h % 4],
     1, 1, ARRAY[(ARRAY['loc:file', 'loc:endpoint', 'loc:endpoint', 'loc:keystore-entry'])[1 + h % 4]], CASE WHEN h % 10 < 4 THEN h % 5 END, CASE WHEN h % 10 < 4 THEN 1 ELSE 0 END,
     CASE WHEN h % 10 < 4 THEN ARRAY['rule:rule-' || h % 40] ELSE '{}' END, now() - (${rows} - i) * interval '1 second', CASE WHEN h % 10 = 9 THEN now() - interval '2 days' END
   FROM (SELECT i, abs(hashint4(i)) AS h, (ARRAY['certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'ssh-key', 'private-key',
       'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'certificate', 'ssh-key', 'ssh-key', 'crl'])[1 + abs(hashint4(i + 7)) % 20] AS kind,
     (ARRAY['web', 'api', 'db', 'mail', 'vpn', 'git'])[1 + abs(hashint4(i)) % 6] || '-' || i || '.' || (ARRAY['eu', 'us', 'ap'])[1 + i % 3] || '.example.com' AS name
     FROM generate_series(0, ${rows - 1}) AS i) AS made`,
  `INSERT INTO credential_seen (tenant_id, credential_id, gone, last_seen)
   SELECT tenant_id, id, gone, coalesce(gone_at, now() - (abs(hashtext(id::text)) % 100000) * interval '1 second') FROM credential`,
  `INSERT INTO credential_search SELECT tenant_id, id, '/etc/ssl/' || name || '.pem www.' || name || ' issuing ca example de' FROM credential`,
  `INSERT INTO credential_document SELECT tenant_id, id, json_build_object('kind', 'private-key', 'fingerprint', encode(fingerprint, 'hex')), NULL FROM credential`,
  `INSERT INTO location (tenant_id, id, credential_id, machine_id, place_hash, kind, part, place, path, trust_store, facts, facts_hash, first_seen, last_seen, gone_at)
   SELECT tenant_id, ${id('3', 'i')}, id, ${id('1', 'i / 50')}, md5(name)::uuid, substring(location_kinds[1] FROM 5), 'certificate', '/etc/ssl/' || name, '/etc/ssl/' || name, false, '{}', md5(name)::uuid, now(), now(), gone_at
   FROM (SELECT *, ('x' || right(id::text, 8))::bit(32)::int AS i FROM credential) AS c`,
  `INSERT INTO credential_event (tenant_id, credential_id, id, at, event, summary) SELECT tenant_id, id, id, now(), 'first-seen', 'at ' || name FROM credential`,
  `INSERT INTO inventory_tally SELECT tenant_id, 'expires', kind, coalesce(to_char(not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'none'), count(*) FROM credential WHERE NOT gone GROUP BY 1, 3, 4
   UNION ALL SELECT tenant_id, 'seen', kind, to_char(first_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*) FROM credential WHERE NOT gone GROUP BY 1, 3, 4
   UNION ALL SELECT tenant_id, 'unowned', kind, '', count(*) FROM credential WHERE NOT gone AND owner IS NULL GROUP BY 1, 3`,
]

async function seed(db: Db, rows: number): Promise<void> {
  const { rows: indexes } = await sql<{ name: string; definition: string }>`
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary AND c.relname <> 'muster_migration'`.execute(db)
  for (const index of indexes) await sql.raw(`DROP INDEX ${index.name}`).execute(db)
  for (const statement of seedStatements(rows)) await sql.raw(statement).execute(db)
  for (const index of indexes) await sql.raw(index.definition).execute(db)
  await sql`VACUUM ANALYZE`.execute(db)
}

type Case = { readonly name: string; readonly run: () => Promise<unknown> }

function query(fields: Record<string, unknown>): CredentialListQuery {
  return apiRoutes.listCredentials.query.parse(fields)
}

async function cases(db: Db, rows: number): Promise<Case[]> {
  const page = (name: string, fields: Record<string, unknown>): Case => ({ name, run: () => listCredentials(db, may, query(fields)) })
  const sorts = ['notAfter', 'name', 'lastSeen', 'firstSeen', 'severity'].flatMap((sort) => ['asc', 'desc'].map((order) => page(`sort ${sort} ${order}`, { sort, order })))
  const filters: [string, Record<string, unknown>][] = [
    ['kind ssh-key', { kind: 'ssh-key' }], ['kind crl', { kind: 'crl' }], ['two kinds', { kind: 'private-key,ssh-key' }], ['algorithm rsa', { algorithm: 'rsa' }], ['max size', { maxKeySizeBits: 256, algorithm: 'ec' }],
    ['owner', { owner: 'team-7' }], ['unowned', { unowned: 'true' }], ['criticality', { criticality: 'critical' }], ['environment', { environment: 'production' }], ['severity', { severity: 'critical,high' }],
    ['rule', { rule: 'rule-11' }], ['machine', { machineId: '10000000-0000-7000-8000-000000000005' }], ['issuer', { issuer: 'Issuing CA 7,' }], ['location kind', { locationKind: 'keystore-entry' }],
    ['expires soon', { expiresFrom: new Date().toISOString(), expiresBefore: new Date(Date.now() + 30 * 86_400_000).toISOString() }],
    ['four filters', { kind: 'certificate', environment: 'production', criticality: 'high,critical', severity: 'high' }], ['gone', { presence: 'gone' }], ['all', { presence: 'all' }],
    ['text rare', { q: `web-${Math.floor(rows / 2)}` }], ['text common', { q: 'example.com' }], ['text two words', { q: 'mail .eu.' }], ['text none', { q: 'nothing-like-it' }],
    ['fingerprint', { q: 'af5570f5a181' }], ['text by severity', { q: 'vpn-12', sort: 'severity' }], ['owner by name', { owner: 'team-7', sort: 'name' }],
  ]
  const deep = query({ limit: 500 })
  let cursor: string | null = null
  for (let i = 0; i < 20; i++) cursor = (await listCredentials(db, may, { ...deep, cursor: cursor ?? undefined })).nextCursor
  const some = (await listCredentials(db, may, query({}))).items[3]!
  return [
    ...sorts, ...filters.map(([name, fields]) => page(name, fields)), { name: 'deep page', run: () => listCredentials(db, may, { ...deep, cursor: cursor! }) },
    { name: 'detail', run: () => getCredential(db, may, some.id) }, { name: 'overview', run: () => inventoryOverview({ db, clock: systemClock }, may) },
  ]
}

const at = (sorted: readonly number[], share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!

export async function run(rows = 1_000_000): Promise<Record<string, unknown>> {
  return withThrowAwayStore(inventoryMigrations, async (db) => {
    const begin = performance.now()
    await seed(db, rows)
    const seedSeconds = Math.round((performance.now() - begin) / 1000)
    const pages: Record<string, { p50: number; p95: number; max: number }> = {}
    const all: number[] = []
    const list = await cases(db, rows)
    for (const one of list) await one.run()
    for (const one of list) {
      const times: number[] = []
      for (let i = 0; i < ROUNDS; i++) {
        const start = performance.now()
        await one.run()
        times.push(Math.round((performance.now() - start) * 10) / 10)
      }
      times.sort((a, b) => a - b)
      if (one.name !== 'overview') all.push(...times)
      pages[one.name] = { p50: at(times, 0.5), p95: at(times, 0.95), max: times.at(-1)! }
    }
    all.sort((a, b) => a - b)
    const idle = performance.now()
    for (let i = 0; i < 200; i++) await sql`SELECT 1`.execute(db)
    return { rows, seedSeconds, p50Ms: at(all, 0.5), p95Ms: at(all, 0.95), maxMs: all.at(-1), roundTripMs: Math.round((performance.now() - idle) / 20) / 10, pages }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ bench: 'inventory', ...(await run(Number(process.argv[2] ?? 1_000_000))) }))
