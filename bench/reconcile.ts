/**
 * Observations a second into the inventory on an embedded store, for three kinds of batch: the first scan of a network (a
 * machine, an endpoint, its leaf and its intermediate for each address), a first scan of files (every observation a
 * certificate nobody has seen: the worst case), and a rescan of those files (nothing new). Beside them, in the same run on
 * the same server: the same first scan as another program imports it, whose certificates are read again; the same files one
 * observation at a time; and the bare bytes of the same observations in one multi-row insert per batch into a table without
 * indexes, which is what the disk and the protocol cost by themselves. A batch is made when its turn comes, as a connector
 * makes it, and timed from there to its commit; whatever is searched for finds it by then, rules are evaluated later. New words are
 * filed into the search index by another backend meanwhile, as the server has it done; its time is in the figures per CPU second.
 */
import { fileURLToPath } from 'node:url'
import { type Certificate, DEFAULT_TENANT, type MachineSighting, type Observation, systemClock, uuidV7 } from '@muster/core'
import { parseCertificate } from '@muster/pki'
import { inTx, type Db } from '@muster/server/platform/db'
import { createTestCertificate, testCa } from '@muster/testkit'
import { sql } from 'kysely'
import { inventoryMigrations } from '../packages/server/src/inventory/migrations.ts'
import { reconcile } from '../packages/server/src/inventory/reconcile.ts'
import { fileSearchWords } from '../packages/server/src/inventory/search-index-store.ts'
import { rowsParameter } from '../packages/server/src/platform/db/json-parameter.ts'
import { withThrowAwayStore } from './store.ts'

const BATCH = 2000
const ROW_AT_A_TIME = 100
const OBSERVATIONS_PER_HOST = 4

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

/** Makes what stands at a number in a scan. */
type Make = (i: number) => readonly Observation[]

async function scan(db: Db, cpuSeconds: () => number, count: number, make: Make, { batch = BATCH, ownReading = true } = {}): Promise<Rate> {
  const scanId = uuidV7(systemClock)
  const startedAt = systemClock.now()
  let [observed, wall, cpu] = [0, 0, 0]
  for (let start = 0; start < count; start += batch) {
    const observations = batchOf(start, Math.min(count, start + batch), make)
    const before = cpuSeconds()
    const begin = performance.now()
    await inTx(db, (tx) => reconcile(tx, { tenantId: DEFAULT_TENANT, scanId, startedAt, ownReading, observations: [machine, ...observations] }, systemClock))
    void fileSearchWords(db)
    wall += performance.now() - begin
    cpu += cpuSeconds() - before
    observed += observations.length
  }
  return { perSecond: (observed / wall) * 1000, perCpuSecond: observed / cpu }
}

const batchOf = (start: number, end: number, make: Make) => Array.from({ length: end - start }, (_, i) => make(start + i)).flat()

async function bareBytes(db: Db, count: number, make: Make): Promise<number> {
  await sql`CREATE TABLE bare (document json NOT NULL)`.execute(db)
  let wall = 0
  for (let start = 0; start < count; start += BATCH) {
    const observations = batchOf(start, Math.min(count, start + BATCH), make)
    const begin = performance.now()
    await inTx(db, (tx) => sql`INSERT INTO bare SELECT value FROM json_array_elements(${rowsParameter(observations)}) AS x(value)`.execute(tx))
    wall += performance.now() - begin
  }
  await sql`DROP TABLE bare`.execute(db)
  return (count / wall) * 1000
}

const certificatesOf = (space: string): Make => (i) => [observation(space, i)]

export async function run(files = 20_000): Promise<Record<string, number>> {
  return withThrowAwayStore(inventoryMigrations, async (db, cpuSeconds) => {
    const hosts = files / 2
    await scan(db, cpuSeconds, BATCH, certificatesOf('w'))
    const networkFirst = await scan(db, cpuSeconds, hosts, endpoint, { batch: BATCH / OBSERVATIONS_PER_HOST })
    const filesFirst = await scan(db, cpuSeconds, files, certificatesOf('f'))
    const rescan = await scan(db, cpuSeconds, files, certificatesOf('f'))
    const imported = await scan(db, cpuSeconds, files, certificatesOf('i'), { ownReading: false })
    const single = await scan(db, cpuSeconds, ROW_AT_A_TIME, certificatesOf('s'), { batch: 1 })
    const bare = await bareBytes(db, files, certificatesOf('f'))
    const round = (value: number) => Math.round(value * 100) / 100
    return {
      observations: hosts * OBSERVATIONS_PER_HOST + 3 * files, batch: BATCH,
      networkFirstPerSecond: Math.round(networkFirst.perSecond), filesFirstPerSecond: Math.round(filesFirst.perSecond), rescanPerSecond: Math.round(rescan.perSecond),
      importFirstPerSecond: Math.round(imported.perSecond), rowAtATimePerSecond: Math.round(single.perSecond), bareInsertPerSecond: Math.round(bare),
      networkFirstPerCpuSecond: Math.round(networkFirst.perCpuSecond), filesFirstPerCpuSecond: Math.round(filesFirst.perCpuSecond), rescanPerCpuSecond: Math.round(rescan.perCpuSecond),
      importFirstPerCpuSecond: Math.round(imported.perCpuSecond),
      filesFirstOverRowAtATime: round(filesFirst.perSecond / single.perSecond), networkFirstOverBareInsert: round(networkFirst.perSecond / bare), filesFirstOverBareInsert: round(filesFirst.perSecond / bare), rescanOverBareInsert: round(rescan.perSecond / bare),
    }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ bench: 'reconcile', ...(await run(Number(process.argv[2] ?? 20_000))) }))
