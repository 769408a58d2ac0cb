/**
 * Certificate bytes to an inventory row, beside Node's own X509Certificate reading the same fields of the same bytes in the
 * same run. Rounds alternate so that both see the same machine; the median ratio counts. The floor is what nothing that
 * yields both fingerprints can avoid: two SHA-256, over the certificate and over its key.
 */
import { X509Certificate, hash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseCertificate } from '@muster/pki'
import { createTestCertificate, generateTestKey, testCa, type TestKeyType } from '@muster/testkit'

/** More than the reader remembers names for, so that no subject is met in a cache. */
const DISTINCT = 6000
const ROUNDS = 7
const ROUND_MS = 300

type Sample = { readonly der: Buffer; readonly spki: Buffer }

/** Distinct leaf certificates as public CAs issue them: half RSA-2048, half P-256, full set of extensions, two issuers. */
function samples(): Sample[] {
  const cas = [testCa({ name: 'Bench One', keyType: 'rsa-2048' }), testCa({ name: 'Bench Two' })]
  const keys: Record<string, string[]> = {}
  for (const type of ['rsa-2048', 'P-256'] satisfies TestKeyType[]) {
    keys[type] = Array.from({ length: 8 }, () => generateTestKey(type).export({ type: 'pkcs8', format: 'pem' }).toString())
  }
  return Array.from({ length: DISTINCT }, (_, i) => {
    const type: TestKeyType = i % 2 === 0 ? 'rsa-2048' : 'P-256'
    const host = `host-${i}.example.com`
    const made = createTestCertificate({
      issuer: cas[(i >> 1) % 2]!.intermediate, privateKeyPem: keys[type]![i % 8]!, subject: `C=DE,O=Example ${i % 37} GmbH,CN=${host}`,
      sans: [`dns:${host}`, `dns:www.${host}`, 'ip:192.0.2.7'], keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['serverAuth', 'clientAuth'], crlUrls: ['http://crl.example.com/issuing-1.crl'], ocspUrls: ['http://ocsp.example.com/'],
      caIssuersUrls: ['http://ca.example.com/issuing-1.cer'], policies: ['2.23.140.1.2.2'], sctCount: 2,
    })
    return { der: made.der, spki: made.spkiDer }
  })
}

/** The same fields through Node; the returned number only keeps the work from being optimised away. */
function viaNode(der: Buffer): number {
  const x = new X509Certificate(der)
  const key = x.publicKey
  const details = key.asymmetricKeyDetails
  return x.subject.length + x.issuer.length + x.validFrom.length + x.validTo.length + (x.subjectAltName ?? '').length +
    x.serialNumber.length + x.fingerprint256.length + (key.asymmetricKeyType ?? '').length +
    (details?.modulusLength ?? details?.namedCurve?.length ?? 0) + (x.keyUsage ?? []).length + Number(x.ca)
}

function viaMuster(der: Buffer): number {
  const c = parseCertificate(der)
  return c.subject.length + c.issuer.length + c.notBefore.length + c.notAfter.length + c.subjectAltNames.length + c.serialNumber.length +
    c.fingerprint.length + c.key.algorithm.length + (c.key.sizeBits ?? 0) + (c.extendedKeyUsage ?? []).length + Number(c.isCa)
}

const floor = ({ der, spki }: Sample): number => hash('sha256', der, 'hex').length + hash('sha256', spki, 'hex').length

/** Certificates per CPU-second of `work` over about `ROUND_MS`. */
function rate(list: readonly Sample[], work: (sample: Sample) => number): number {
  const before = process.cpuUsage()
  const until = performance.now() + ROUND_MS
  let done = 0
  let sink = 0
  while (performance.now() < until) {
    for (let i = 0; i < 100; i++) sink += work(list[(done + i) % list.length]!)
    done += 100
  }
  const { user, system } = process.cpuUsage(before)
  if (sink === 0) throw new Error('nothing was read')
  return done / ((user + system) / 1e6)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export type ParseResult = {
  readonly bench: 'parse'
  readonly certificates: number
  readonly musterPerCpuSecond: number
  readonly nodePerCpuSecond: number
  readonly floorPerCpuSecond: number
  /** The claim: at least 8. */
  readonly ratioToNode: number
  /** How many times the time of two SHA-256 a whole row takes. */
  readonly timesFloor: number
  readonly node: string
}

const round = (value: number, digits = 0): number => Number(value.toFixed(digits))

export function run(): ParseResult {
  const list = samples()
  const measured = Array.from({ length: ROUNDS }, () => ({
    muster: rate(list, ({ der }) => viaMuster(der)),
    node: rate(list, ({ der }) => viaNode(der)),
    floor: rate(list, floor),
  })).slice(1)
  return {
    bench: 'parse', certificates: DISTINCT,
    musterPerCpuSecond: round(median(measured.map((m) => m.muster))),
    nodePerCpuSecond: round(median(measured.map((m) => m.node))),
    floorPerCpuSecond: round(median(measured.map((m) => m.floor))),
    ratioToNode: round(median(measured.map((m) => m.muster / m.node)), 1),
    timesFloor: round(median(measured.map((m) => m.floor / m.muster)), 2),
    node: process.version,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(run()))
