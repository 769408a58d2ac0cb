import { DAY_MS, HOUR_MS, type Credential, type CredentialKind, type KeyAlgorithm, type Location, type Severity } from '@muster/core'
import type { CredentialDetail, CredentialRow, HistoryEntry, LocationRow } from '@muster/core/api'
import { labelsAt, machineName } from './machines.ts'
import { hexOf, idOf, pick, unit } from './random.ts'
import { assessmentAt, consumersAt, placeOfSecretRow, profileAt, secretLocationsAt, secretStateAt } from './secrets.ts'
import type { World } from './world.ts'

/** The two issuers every fixture certificate hangs on: 0 is the root, 1 the intermediate. */
const ROOT = 0
const INTERMEDIATE = 1
const issuers = ['CN=Example Issuing CA R2,O=Example Organisation,C=SE', "CN=R11,O=Let's Encrypt,C=US", 'CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1,O=DigiCert Inc,C=US']
const DER = 'MIIBhTCCASugAwIBAgIQIRi6zePL6mKjOipn+dNuaTAKBggqhkjOPQQDAjASMRAwDgYDVQQKEwdBY21lIENvMB4XDTE3MTAyMDE5NDMwNloXDTE4MTAyMDE5NDMwNlowEjEQMA4GA1UEChMHQWNtZSBDbzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABD0d7VNhbWvZLWPuj/RtHFjvtJBEwOkhbN/BnnE8rnZR8+sbwnc/KhCk3FhnpHZnQz7B5aETbbIgmuvewdjvSBSjYzBhMA4GA1UdDwEB/wQEAwICpDATBgNVHSUEDDAKBggrBgEFBQcDATAPBgNVHRMBAf8EBTADAQH/MCkGA1UdEQQiMCCCDmxvY2FsaG9zdDo1NDUzgg4xMjcuMC4wLjE6NTQ1MzAKBggqhkjOPQQDAgNIADBFAiEA2zpJEPQyz6/l2Wf86aX6PepsntZv2GYlA5UpabfT2EZICICpJ5h/iI+i341gBmLiAFQOyTDT+/wQc6MF9+Yw1Yy0'

/** The parts of the n-th credential that filters and orders look at, without building the row. */
export type Sketch = { kind: CredentialKind; algorithm: KeyAlgorithm | null; bits: number | null; notAfter: number; severity: Severity | null; trust: boolean; gone: boolean; lastSeen: number; firstSeen: number }

export function sketchAt(world: World, n: number): Sketch {
  const u = unit(n, 50)
  const kind: CredentialKind = n <= INTERMEDIATE ? 'certificate' : u < 0.42 ? 'certificate' : u < 0.55 ? 'private-key' : u < 0.78 ? 'ssh-key' : u < 0.82 ? 'ssh-certificate' : u < 0.84 ? 'pgp-key' : u < 0.855 ? 'certificate-request' : u < 0.865 ? 'crl' : 'secret'
  const a = unit(n, 51)
  const algorithm: KeyAlgorithm | null = kind === 'secret' || kind === 'crl' ? null : kind.startsWith('ssh') ? (a < 0.6 ? 'ed25519' : a < 0.95 ? 'rsa' : 'dsa') : a < 0.55 ? 'rsa' : a < 0.97 ? 'ec' : 'ml-dsa-65'
  const bits = algorithm === 'rsa' ? pick([1024, 2048, 2048, 2048, 3072, 4096], n, 52) : algorithm === 'ec' ? pick([256, 256, 384], n, 53) : algorithm === 'dsa' ? 1024 : algorithm === null ? null : 256
  const expires = kind === 'certificate' || kind === 'ssh-certificate' || kind === 'crl' || (kind === 'pgp-key' && unit(n, 54) > 0.5)
  const d = unit(n, 55)
  const days = n <= INTERMEDIATE ? 2500 : d < 0.05 ? -unit(n, 56) * 300 : d < 0.13 ? unit(n, 56) * 28 : 28 + unit(n, 56) ** 2 * 700
  const s = unit(n, 57)
  const notAfter = expires ? world.start + days * DAY_MS : Number.POSITIVE_INFINITY
  const severity: Severity | null = notAfter < world.start ? 'critical' : days < 28 && expires ? 'high' : bits === 1024 ? 'high' : s < 0.08 ? 'high' : s < 0.25 ? 'medium' : s < 0.4 ? 'low' : s < 0.5 ? 'info' : null
  const gone = unit(n, 60) < 0.04 && n > INTERMEDIATE
  return { kind, algorithm, bits, notAfter, severity: gone ? null : severity, trust: unit(n, 58) < 0.06 && kind === 'certificate' && n > INTERMEDIATE, gone, lastSeen: world.start - (gone ? 9 * DAY_MS : unit(n, 61) * DAY_MS), firstSeen: world.start - unit(n, 62) * 60 * DAY_MS }
}

export function credentialName(world: World, n: number, kind: CredentialKind): string {
  if (n === ROOT) return 'Example Root CA'
  if (n === INTERMEDIATE) return 'Example Issuing CA R2'
  const machine = machineName(n % world.machines)
  switch (kind) {
    case 'certificate': return unit(n, 63) > 0.9 ? `*.${machine.split('.').slice(1).join('.')}` : machine
    case 'certificate-request': return machine
    case 'private-key': return `${machine.split('.')[0]}.key`
    case 'ssh-key': return pick([`root@${machine.split('.')[0]}`, `deploy@ci-07`, `host key ${machine.split('.')[0]}`, 'mara.lindqvist@laptop', 'github-actions'], n, 64)
    case 'ssh-certificate': return `${machine.split('.')[0]} host`
    case 'pgp-key': return pick(['Release Signing <release@example.com>', 'Mara Lindqvist <mara@example.com>', 'APT Archive Key 2026'], n, 65)
    case 'secret': { const { type, about, valueKnown } = profileAt(n); return valueKnown === false ? about : `${type} ${about}`.trimEnd() }
    case 'crl': return 'Example Issuing CA R2'
  }
}

export function credentialAt(world: World, n: number): CredentialRow {
  const s = sketchAt(world, n)
  const expires = Number.isFinite(s.notAfter)
  const locations = n <= INTERMEDIATE ? world.machines : s.gone ? 0 : s.kind === 'secret' ? 1 + Math.floor(unit(n, 67) * 8) : 1 + Math.floor(unit(n, 67) ** 4 * 13)
  const dated = s.kind !== 'private-key' && s.kind !== 'ssh-key' && s.kind !== 'certificate-request' && s.kind !== 'secret'
  return {
    id: idOf('c', n),
    kind: s.kind,
    fingerprint: hexOf(n, 70),
    spkiSha256: s.kind === 'crl' || s.kind === 'secret' ? null : hexOf(n, 71),
    sshFingerprint: s.kind.startsWith('ssh') ? `SHA256:${hexOf(n, 72).slice(0, 43)}` : null,
    name: credentialName(world, n, s.kind),
    issuer: s.kind === 'certificate' ? (n === ROOT ? 'CN=Example Root CA,O=Example Organisation,C=SE' : n === INTERMEDIATE ? 'CN=Example Root CA,O=Example Organisation,C=SE' : issuerAt(n)) : s.kind === 'crl' ? issuers[0]! : null,
    algorithm: s.algorithm,
    keySizeBits: s.bits,
    curve: s.algorithm === 'ec' ? `P-${s.bits}` : null,
    notBefore: dated ? new Date((expires ? s.notAfter : world.start) - pick([90, 199, 365, 398, 730], n, 68) * DAY_MS).toISOString() : null,
    notAfter: expires ? new Date(s.notAfter).toISOString() : null,
    state: s.gone ? 'deactivated' : 'active',
    secretState: s.kind === 'secret' ? secretStateAt(world, n) : null,
    secretType: s.kind === 'secret' ? profileAt(n).type : null,
    trustStoreOnly: s.trust,
    labels: world.labels.get(n) ?? labelsAt(n, 80),
    locationCount: locations,
    machineCount: Math.min(locations, 1 + Math.floor(locations / 2)),
    place: s.gone ? null : s.kind === 'secret' ? placeOfSecretRow(world, n) : { machine: machineName(n % world.machines), place: `/etc/ssl/${machineName(n % world.machines).split('.')[0]}.pem` },
    worstSeverity: s.severity,
    findingCount: s.severity === null ? 0 : 1 + Math.floor(unit(n, 69) * 3),
    firstSeen: new Date(s.firstSeen).toISOString(),
    lastSeen: new Date(s.lastSeen).toISOString(),
    goneAt: s.gone ? new Date(s.lastSeen + HOUR_MS).toISOString() : null,
  }
}

export function issuerAt(n: number): string {
  return pick([issuers[0]!, issuers[0]!, issuers[0]!, issuers[1]!, issuers[2]!], n, 73)
}

/** The certificate the machine's TLS endpoint serves: the first certificate in its name. */
export function leafOf(world: World, machine: number): number {
  for (let n = machine; n < world.rows; n += world.machines) {
    if (n > INTERMEDIATE && sketchAt(world, n).kind === 'certificate') return n
  }
  return INTERMEDIATE
}

function contentOf(world: World, n: number): Credential {
  const row = credentialAt(world, n)
  const key = { algorithm: row.algorithm ?? 'unknown', sizeBits: row.keySizeBits, curve: row.curve, rsaExponent: row.algorithm === 'rsa' ? '65537' : null, rsaModulus: row.algorithm === 'rsa' ? hexOf(n, 75).repeat(4) : null } as const
  const spkiSha256 = row.spkiSha256 ?? hexOf(n, 71)
  switch (row.kind) {
    case 'certificate':
      return {
        kind: 'certificate', fingerprint: row.fingerprint, spkiSha256, der: DER,
        subject: n <= INTERMEDIATE ? `CN=${row.name},O=Example Organisation,C=SE` : `CN=${row.name}`, issuer: row.issuer!, commonName: row.name, serialNumber: hexOf(n, 76).slice(0, 32),
        notBefore: row.notBefore!, notAfter: row.notAfter!, subjectAltNames: n <= INTERMEDIATE ? [] : [{ type: 'dns', value: row.name }, { type: 'dns', value: `www.${row.name.replace('*.', '')}` }, { type: 'ip', value: '10.20.0.14' }],
        key, signatureAlgorithm: unit(n, 77) > 0.95 ? 'sha1WithRSAEncryption' : 'sha256WithRSAEncryption', signatureHash: unit(n, 77) > 0.95 ? 'sha1' : 'sha256', version: 3,
        isCa: n <= INTERMEDIATE, hasBasicConstraints: true, pathLength: n === INTERMEDIATE ? 0 : null,
        keyUsage: n <= INTERMEDIATE ? ['keyCertSign', 'cRLSign'] : ['digitalSignature', 'keyEncipherment'], extendedKeyUsage: n <= INTERMEDIATE ? null : ['serverAuth', 'clientAuth'],
        subjectKeyId: hexOf(n, 78).slice(0, 40), authorityKeyId: n === ROOT ? null : hexOf(1, 78).slice(0, 40), selfIssued: n === ROOT,
        crlDistributionPoints: ['http://crl.example.net/r2.crl'], ocspUrls: ['http://ocsp.example.net'], caIssuersUrls: ['http://pki.example.net/r2.cer'], policies: ['2.23.140.1.2.1'], sctCount: n > 1 ? 2 : 0, mustStaple: false, unknownCriticalExtensions: [],
      }
    case 'ssh-certificate':
      return { kind: 'ssh-certificate', fingerprint: row.fingerprint, spkiSha256, certificateType: 'host', keyId: row.name, serialNumber: String(1000 + n), principals: [machineName(n % world.machines)], notBefore: row.notBefore, notAfter: row.notAfter, criticalOptions: {}, extensions: [], key, sshFingerprint: row.sshFingerprint, caFingerprint: `SHA256:${hexOf(3, 72).slice(0, 43)}`, caSpkiSha256: hexOf(3, 71), signatureAlgorithm: 'ssh-ed25519' }
    case 'pgp-key':
      return { kind: 'pgp-key', fingerprint: row.fingerprint, spkiSha256, pgpFingerprint: hexOf(n, 79).slice(0, 40), pgpVersion: 4, userIds: [row.name], createdAt: row.firstSeen, notAfter: row.notAfter, key, subkeyCount: 1, revoked: false }
    case 'certificate-request':
      return { kind: 'certificate-request', fingerprint: row.fingerprint, spkiSha256, subject: `CN=${row.name}`, commonName: row.name, subjectAltNames: [{ type: 'dns', value: row.name }], key, signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256' }
    case 'crl':
      return { kind: 'crl', fingerprint: row.fingerprint, spkiSha256: null, issuer: issuers[0]!, thisUpdate: row.notBefore!, nextUpdate: row.notAfter, crlNumber: '42', entryCount: 17, isDelta: false, authorityKeyId: null, signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256' }
    case 'secret':
      return { kind: 'secret', fingerprint: row.fingerprint, spkiSha256: null, secretType: profileAt(n).type, facts: { ...profileAt(n).facts }, notAfter: row.notAfter, valueKnown: profileAt(n).valueKnown !== false }
    default:
      return { kind: row.kind, fingerprint: row.fingerprint, spkiSha256, key, sshFingerprint: row.sshFingerprint, hardwareBacked: false }
  }
}

/** Accounts that an SSH key's places in lists of authorized keys let in as. */
function accountsAt(world: World, n: number): CredentialDetail['accounts'] {
  return locationsAt(world, n, ({ kind }) => kind).flatMap(({ location, machineId, machineName: name }) => (location.kind === 'authorized-key' ? [{ name: location.account, system: null, machineId, machineName: name, source: location.path }] : []))
}

export function detailAt(world: World, n: number): CredentialDetail {
  const row = credentialAt(world, n)
  const chain = row.kind !== 'certificate' ? [] : n === ROOT ? [ROOT] : n === INTERMEDIATE ? [INTERMEDIATE, ROOT] : issuerAt(n) === issuers[0] ? [n, INTERMEDIATE, ROOT] : [n]
  const key = [...Array(40).keys()].map((step) => n + step + 1).find((other) => other < world.rows && sketchAt(world, other).kind === 'private-key')
  const related: CredentialDetail['related'] = []
  if (key !== undefined && (row.kind === 'certificate' || row.kind === 'certificate-request') && n > INTERMEDIATE) related.push({ tie: 'same-key', credential: credentialAt(world, key) })
  if (chain.length > 1) related.push({ tie: 'issued-by', credential: credentialAt(world, chain[1]!) })
  if (n === INTERMEDIATE) for (let m = 2; m < Math.min(world.rows, 12); m++) if (sketchAt(world, m).kind === 'certificate') related.push({ tie: 'issues', credential: credentialAt(world, m) })
  return { row, credential: contentOf(world, n), assessment: row.kind === 'secret' ? assessmentAt(world, n) : null, chain: chain.map((m) => credentialAt(world, m)), related, consumers: row.kind === 'secret' ? consumersAt(world, n) : [], accounts: row.kind === 'ssh-key' ? accountsAt(world, n) : [] }
}

const file = (world: World, mode: number, user: string): Extract<Location, { kind: 'file' }>['file'] => ({ mode, ownerUid: user === 'root' ? 0 : 1001, ownerName: user, groupName: user === 'root' ? 'ssl-cert' : user, sizeBytes: 1704, modifiedAt: world.ago(60 * DAY_MS) })

function placeAt(world: World, n: number, index: number, machine: number): Location {
  const { kind } = sketchAt(world, n)
  const host = machineName(machine)
  if (kind === 'ssh-key') {
    if (index % 3 === 0) return { kind: 'authorized-key', part: 'public-key', path: '/root/.ssh/authorized_keys', line: 3 + index, account: 'root', comment: 'deploy@ci-07', options: index % 2 ? ['from=10.20.0.0/16', 'restrict'] : [], certAuthority: false, file: file(world, 0o600, 'root') }
    if (index % 3 === 1) return { kind: 'file', part: 'private-key', path: '/home/deploy/.ssh/id_ed25519', entry: 0, format: 'openssh', comment: 'deploy@ci-07', protection: { encrypted: false, scheme: null, kdf: null }, inWebRoot: false, inServiceDirectory: false, trustStore: false, file: file(world, 0o600, 'deploy') }
    return { kind: 'known-host', part: 'public-key', path: '/home/deploy/.ssh/known_hosts', line: 12, hosts: [host], hashed: false, marker: null, file: file(world, 0o644, 'deploy') }
  }
  if (kind === 'certificate' && index % 2 === 0 && n > INTERMEDIATE) return { kind: 'endpoint', part: 'certificate', host: `10.20.0.${(machine % 250) + 1}`, port: 443, protocol: 'tls', starttls: null, sni: host, position: 0 }
  if (kind === 'certificate' && index % 5 === 3) return { kind: 'keystore-entry', part: 'certificate', path: '/opt/tomcat/conf/keystore.p12', storeType: 'pkcs12', alias: 'tomcat', protection: { encrypted: true, scheme: 'pbes2-aes256-cbc', kdf: 'hmac-sha256' }, inWebRoot: false, inServiceDirectory: true, trustStore: false, file: file(world, 0o640, 'root') }
  const part = kind === 'private-key' ? 'private-key' : kind === 'certificate-request' ? 'request' : kind === 'crl' ? 'crl' : kind === 'certificate' ? 'certificate' : 'value'
  return { kind: 'file', part, path: `/etc/ssl/${part === 'private-key' ? 'private' : 'certs'}/${host.split('.')[0]}.${part === 'private-key' ? 'key' : 'pem'}`, entry: 0, format: 'pem', comment: null, protection: part === 'private-key' ? { encrypted: false, scheme: null, kdf: null } : null, inWebRoot: false, inServiceDirectory: true, trustStore: false, file: file(world, part === 'private-key' ? (n % 4 === 0 ? 0o644 : 0o640) : 0o644, 'root') }
}

export function locationsAt(world: World, n: number, place: (location: Location) => string): LocationRow[] {
  const row = credentialAt(world, n)
  if (row.kind === 'secret') return secretLocationsAt(world, n, row, place)
  const count = row.goneAt === null ? row.locationCount : 1
  return Array.from({ length: count }, (_, index) => {
    const machine = (n + Math.floor(index / 2)) % world.machines
    const location = placeAt(world, n, index, machine)
    return { id: idOf('d', n * 100 + index), credentialId: row.id, machineId: idOf('a', machine), machineName: machineName(machine), place: place(location), location, firstSeen: row.firstSeen, lastSeen: row.lastSeen, goneAt: row.goneAt }
  })
}

export function historyAt(world: World, n: number): HistoryEntry[] {
  const row = credentialAt(world, n)
  const entries: HistoryEntry[] = [{ at: row.firstSeen, event: 'first-seen', summary: `First seen on ${machineName(n % world.machines)}`, scanId: idOf('5', 1) }]
  for (let index = 1; index < Math.min(5, row.locationCount); index++) entries.push({ at: world.ago((20 - index) * DAY_MS), event: 'location-added', summary: `Also found on ${machineName((n + index) % world.machines)}`, scanId: idOf('5', 2) })
  if (row.labels.owner !== null) entries.push({ at: world.ago(6 * DAY_MS), event: 'labels-changed', summary: `Owner set to ${row.labels.owner} by Mara Lindqvist`, scanId: null })
  if (row.worstSeverity !== null) entries.push({ at: world.ago(5 * HOUR_MS), event: 'finding-opened', summary: row.worstSeverity === 'critical' ? 'Certificate has expired' : 'A finding was opened', scanId: idOf('5', 0) })
  return entries.toReversed()
}
