/**
 * Observations a second into the inventory on an embedded store: a first scan (everything new) and a rescan (nothing new).
 * Beside it, in the same run on the same server: the same first scan row at a time (batches of one observation), and the
 * bare bytes of the same documents in one multi-row insert per batch into a table without indexes, which is what the disk
 * and the protocol cost by themselves.
 */
import { createHash, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { DEFAULT_TENANT, type MachineSighting, type Observation, systemClock, uuidV7 } from '@muster/core'
import { inTx, type Db } from '@muster/server/platform/db'
import { sql } from 'kysely'
import { inventoryMigrations } from '../packages/server/src/inventory/migrations.ts'
import { reconcile } from '../packages/server/src/inventory/reconcile.ts'
import { rowsParameter } from '../packages/server/src/platform/db/json-parameter.ts'
import { withThrowAwayStore } from './store.ts'

const TOTAL = 10_000
const BATCH = 5000
const ROW_AT_A_TIME = 100
const DER_BYTES = 1200

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

export const machine: MachineSighting = { observation: 'sighting', of: 'machine', ref: 'm', machineKind: 'device', name: 'bench', identifiers: [{ type: 'host-id', value: sha('bench') }], operatingSystem: 'Linux' }

/** A leaf certificate in a file, with everything a usual one carries. */
export function observation(scan: string, i: number): Observation {
  const host = `host-${i}.${scan}.example.com`
  return {
    observation: 'sighting', of: 'credential', machine: 'm',
    credential: {
      kind: 'certificate', fingerprint: sha(`${scan} ${i}`), spkiSha256: sha(`key ${scan} ${i}`), der: randomBytes(DER_BYTES).toString('base64'),
      subject: `CN=${host},O=Example ${i % 37} GmbH,C=DE`, issuer: `CN=Issuing CA ${i % 5},O=Example,C=DE`, commonName: host, serialNumber: sha(`serial ${i}`).slice(0, 32),
      notBefore: '2026-06-01T00:00:00Z', notAfter: new Date(Date.UTC(2026, 8, 1) + i * 600_000).toISOString(),
      subjectAltNames: [{ type: 'dns', value: host }, { type: 'dns', value: `www.${host}` }], key: { algorithm: 'ec', sizeBits: 256, curve: 'P-256', rsaExponent: null, rsaModulus: null },
      signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256', version: 3, isCa: false, hasBasicConstraints: true, pathLength: null, keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['serverAuth', 'clientAuth'], subjectKeyId: sha(`ski ${i}`).slice(0, 40), authorityKeyId: sha(`aki ${i % 5}`).slice(0, 40), selfIssued: false,
      crlDistributionPoints: ['http://crl.example.com/issuing-1.crl'], ocspUrls: ['http://ocsp.example.com/'], caIssuersUrls: ['http://ca.example.com/issuing-1.cer'],
      policies: ['2.23.140.1.2.2'], sctCount: 2, mustStaple: false, unknownCriticalExtensions: [],
    },
    location: {
      kind: 'file', part: 'certificate', path: `/etc/ssl/${scan}/${host}.pem`, entry: 0, format: 'pem', comment: null, protection: null, inWebRoot: false, inServiceDirectory: false, trustStore: false,
      file: { mode: 0o644, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 1800, modifiedAt: '2026-06-01T00:00:00.000Z' },
    },
  }
}

async function scan(db: Db, observations: readonly Observation[], batch: number): Promise<number> {
  const scanId = uuidV7(systemClock)
  const startedAt = systemClock.now()
  const begin = performance.now()
  for (let start = 0; start < observations.length; start += batch) {
    await inTx(db, (tx) => reconcile(tx, { tenantId: DEFAULT_TENANT, scanId, startedAt, observations: [machine, ...observations.slice(start, start + batch)] }, systemClock))
  }
  return (observations.length / (performance.now() - begin)) * 1000
}

async function bareBytes(db: Db, observations: readonly Observation[]): Promise<number> {
  await sql`CREATE TABLE bare (document json NOT NULL)`.execute(db)
  const begin = performance.now()
  for (let start = 0; start < observations.length; start += BATCH) {
    await inTx(db, (tx) => sql`INSERT INTO bare SELECT value FROM json_array_elements(${rowsParameter(observations.slice(start, start + BATCH))}) AS x(value)`.execute(tx))
  }
  const rate = (observations.length / (performance.now() - begin)) * 1000
  await sql`DROP TABLE bare`.execute(db)
  return rate
}

export async function run(): Promise<Record<string, number>> {
  return withThrowAwayStore(inventoryMigrations, async (db) => {
    const observations = Array.from({ length: TOTAL }, (_, i) => observation('a', i))
    await scan(db, Array.from({ length: BATCH }, (_, i) => observation('warm', i)), BATCH)
    const first = await scan(db, observations, BATCH)
    const rescan = await scan(db, observations, BATCH)
    const rowAtATime = await scan(db, Array.from({ length: ROW_AT_A_TIME }, (_, i) => observation('single', i)), 1)
    const bare = await bareBytes(db, observations)
    const round = (value: number) => Math.round(value * 100) / 100
    return {
      observations: TOTAL, batch: BATCH,
      firstScanPerSecond: Math.round(first), rescanPerSecond: Math.round(rescan), rowAtATimePerSecond: Math.round(rowAtATime), bareInsertPerSecond: Math.round(bare),
      firstOverRowAtATime: round(first / rowAtATime), firstOverBareInsert: round(first / bare), rescanOverBareInsert: round(rescan / bare),
    }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ bench: 'reconcile', ...(await run()) }))
