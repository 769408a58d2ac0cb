/**
 * Observations a second into the inventory on an embedded store, for three kinds of batch: the first scan of a network (a
 * machine, an endpoint, its leaf and its intermediate for each address), a first scan of files (every observation a
 * certificate nobody has seen: the worst case), and a rescan of those files (nothing new). Beside them, in the same run on
 * the same server: the same files one observation at a time, and the bare bytes of the same observations in one multi-row
 * insert per batch into a table without indexes, which is what the disk and the protocol cost by themselves.
 */
import { fileURLToPath } from 'node:url'
import { type Certificate, DEFAULT_TENANT, type MachineSighting, type Observation, systemClock, uuidV7 } from '@muster/core'
import { parseCertificate } from '@muster/pki'
import { inTx, type Db } from '@muster/server/platform/db'
import { createTestCertificate, testCa } from '@muster/testkit'
import { sql } from 'kysely'
import { inventoryMigrations } from '../packages/server/src/inventory/migrations.ts'
import { reconcile } from '../packages/server/src/inventory/reconcile.ts'
import { rowsParameter } from '../packages/server/src/platform/db/json-parameter.ts'
import { withThrowAwayStore } from './store.ts'

const BATCH = 2000
const ROW_AT_A_TIME = 100

const MARK = 'host-0000000'
const ca = testCa({ name: 'Bench' })
const made = createTestCertificate({
  issuer: ca.intermediate, subject: `C=DE,O=Example GmbH,CN=${MARK}.example.com`, sans: [`dns:${MARK}.example.com`, `dns:www.${MARK}.example.com`],
  keyUsage: ['digitalSignature'], extendedKeyUsage: ['serverAuth', 'clientAuth'], crlUrls: ['http://crl.example.com/issuing-1.crl'], ocspUrls: ['http://ocsp.example.com/'],
  caIssuersUrls: ['http://ca.example.com/issuing-1.cer'], policies: ['2.23.140.1.2.2'], sctCount: 2,
})
const template = made.der
/** Where the public key's last bytes stand: certificates of different hosts have different keys. */
const keyTail = template.indexOf(made.spkiDer) + made.spkiDer.length - 8
const intermediate = parseCertificate(ca.intermediate.der)

/** The template under another name and with another key of the same length: a different certificate, although nobody signed it. */
function leaf(space: string, i: number): Certificate {
  const text = template.toString('latin1').replaceAll(MARK, `${space}${String(i).padStart(MARK.length - space.length, '0')}`)
  const der = Buffer.from(text, 'latin1')
  der.writeUInt32BE(space.charCodeAt(0), keyTail)
  der.writeUInt32BE(i, keyTail + 4)
  return parseCertificate(der)
}

export const machine: MachineSighting = { observation: 'sighting', of: 'machine', ref: 'm', machineKind: 'device', name: 'bench', identifiers: [{ type: 'host-id', value: 'bench' }], operatingSystem: 'Linux' }

/** A leaf certificate nobody has seen, in a file. */
export function observation(space: string, i: number): Observation {
  const credential = leaf(space, i)
  return {
    observation: 'sighting', of: 'credential', machine: 'm', credential,
    location: {
      kind: 'file', part: 'certificate', path: `/etc/ssl/${space}/${credential.commonName}.pem`, entry: 0, format: 'pem', comment: null, protection: null, inWebRoot: false, inServiceDirectory: false, trustStore: false,
      file: { mode: 0o644, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 1800, modifiedAt: '2026-06-01T00:00:00.000Z' },
    },
  }
}

/** What the network connector reports of one address. */
function endpoint(i: number): Observation[] {
  const host = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
  const credential = leaf('n', i)
  const place = { kind: 'endpoint', part: 'certificate', host, port: 443, protocol: 'tls', starttls: null, sni: null } as const
  return [
    { observation: 'sighting', of: 'machine', ref: host, machineKind: 'device', name: host, identifiers: [{ type: 'address', value: host }], operatingSystem: null },
    { observation: 'sighting', of: 'endpoint', machine: host, host, port: 443, sni: null, starttls: null, protocol: 'tls', ssh: null, process: null, tls: { versions: ['TLSv1.2', 'TLSv1.3'], cipherSuites: null, groups: null, alpn: 'h2', ocspStapled: false, chains: [[credential.fingerprint, intermediate.fingerprint]], clientCertificateRequested: false } },
    { observation: 'sighting', of: 'credential', machine: host, credential, location: { ...place, position: 0 } },
    { observation: 'sighting', of: 'credential', machine: host, credential: intermediate, location: { ...place, position: 1 } },
  ]
}

/** Observations a second, by the clock and by what the processors spent on it. */
type Rate = { readonly perSecond: number; readonly perCpuSecond: number }

async function scan(db: Db, cpuSeconds: () => number, observations: readonly Observation[], batch: number): Promise<Rate> {
  const scanId = uuidV7(systemClock)
  const startedAt = systemClock.now()
  const [begin, before] = [performance.now(), cpuSeconds()]
  for (let start = 0; start < observations.length; start += batch) {
    await inTx(db, (tx) => reconcile(tx, { tenantId: DEFAULT_TENANT, scanId, startedAt, observations: [machine, ...observations.slice(start, start + batch)] }, systemClock))
  }
  return { perSecond: (observations.length / (performance.now() - begin)) * 1000, perCpuSecond: observations.length / (cpuSeconds() - before) }
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

export async function run(files = 20_000): Promise<Record<string, number>> {
  return withThrowAwayStore(inventoryMigrations, async (db, cpuSeconds) => {
    const observations = Array.from({ length: files }, (_, i) => observation('f', i))
    const network = Array.from({ length: files / 2 }, (_, i) => endpoint(i)).flat()
    await scan(db, cpuSeconds, Array.from({ length: BATCH }, (_, i) => observation('w', i)), BATCH)
    const networkFirst = await scan(db, cpuSeconds, network, BATCH)
    const filesFirst = await scan(db, cpuSeconds, observations, BATCH)
    const rescan = await scan(db, cpuSeconds, observations, BATCH)
    const single = await scan(db, cpuSeconds, Array.from({ length: ROW_AT_A_TIME }, (_, i) => observation('s', i)), 1)
    const bare = await bareBytes(db, observations)
    const round = (value: number) => Math.round(value * 100) / 100
    return {
      observations: network.length + 2 * files, batch: BATCH,
      networkFirstPerSecond: Math.round(networkFirst.perSecond), filesFirstPerSecond: Math.round(filesFirst.perSecond), rescanPerSecond: Math.round(rescan.perSecond), rowAtATimePerSecond: Math.round(single.perSecond), bareInsertPerSecond: Math.round(bare),
      networkFirstPerCpuSecond: Math.round(networkFirst.perCpuSecond), filesFirstPerCpuSecond: Math.round(filesFirst.perCpuSecond), rescanPerCpuSecond: Math.round(rescan.perCpuSecond),
      filesFirstOverRowAtATime: round(filesFirst.perSecond / single.perSecond), networkFirstOverBareInsert: round(networkFirst.perSecond / bare), filesFirstOverBareInsert: round(filesFirst.perSecond / bare), rescanOverBareInsert: round(rescan.perSecond / bare),
    }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ bench: 'reconcile', ...(await run(Number(process.argv[2] ?? 20_000))) }))
