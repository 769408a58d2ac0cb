import { randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { write } from '@muster/pki'
import type { TestCertificateOptions, TestSubjectAltName } from './ca.ts'

/** An extension as it goes into the certificate: `value` is the DER inside the OCTET STRING. */
export type TestExtension = { readonly oid: string; readonly critical?: boolean; readonly value: Uint8Array }

const KEY_USAGES = [
  'digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign',
  'encipherOnly', 'decipherOnly',
]
const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2', codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4', timeStamping: '1.3.6.1.5.5.7.3.8', OCSPSigning: '1.3.6.1.5.5.7.3.9',
  anyExtendedKeyUsage: '2.5.29.37.0',
}

/** The `[3] EXPLICIT Extensions` field. */
export function extensionsOf(options: TestCertificateOptions, keyId: Buffer, issuerKeyId: Buffer): Buffer {
  const extensions = [...basics(options, keyId, issuerKeyId), ...urls(options), ...extras(options)]
  return write.explicit(3, write.sequence(...extensions.map(({ oid, critical, value }) =>
    write.sequence(write.oid(oid), ...(critical === true ? [write.boolean(true)] : []), write.octetString(value)))))
}

/** DER of a certificate's or request's subjectAltName extension value. */
export function subjectAltNamesDer(sans: readonly TestSubjectAltName[]): Buffer {
  return write.sequence(...sans.map(generalName))
}

function basics(options: TestCertificateOptions, keyId: Buffer, issuerKeyId: Buffer): TestExtension[] {
  const list: TestExtension[] = []
  const ca = options.ca ?? false
  if (ca || options.pathLength !== undefined) {
    const length = options.pathLength === undefined ? [] : [write.integer(options.pathLength)]
    list.push({ oid: '2.5.29.19', critical: true, value: write.sequence(...(ca ? [write.boolean(true)] : []), ...length) })
  }
  const usage = options.keyUsage === undefined ? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']) : options.keyUsage
  if (usage !== null) list.push({ oid: '2.5.29.15', critical: true, value: write.namedBits(usage.map((name) => KEY_USAGES.indexOf(name))) })
  const extended = options.extendedKeyUsage === undefined ? (ca ? null : ['serverAuth']) : options.extendedKeyUsage
  if (extended !== null) list.push({ oid: '2.5.29.37', value: write.sequence(...extended.map((name) => write.oid(EXTENDED_KEY_USAGES[name] ?? name))) })
  if (options.noKeyIds !== true) {
    list.push({ oid: '2.5.29.14', value: write.octetString(keyId) })
    list.push({ oid: '2.5.29.35', value: write.sequence(write.implicit(0, issuerKeyId)) })
  }
  if (options.sans !== undefined) {
    list.push({ oid: '2.5.29.17', critical: options.sansCritical ?? options.subject === '', value: subjectAltNamesDer(options.sans) })
  }
  return list
}

const uri = (text: string): Buffer => write.implicit(6, Buffer.from(text, 'latin1'))
const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))

function urls(options: TestCertificateOptions): TestExtension[] {
  const list: TestExtension[] = []
  if (options.crlUrls !== undefined) {
    list.push({ oid: '2.5.29.31', value: write.sequence(...options.crlUrls.map((url) => write.sequence(write.explicit(0, write.explicit(0, uri(url)))))) })
  }
  const access = [
    ...(options.ocspUrls ?? []).map((url) => write.sequence(write.oid('1.3.6.1.5.5.7.48.1'), uri(url))),
    ...(options.caIssuersUrls ?? []).map((url) => write.sequence(write.oid('1.3.6.1.5.5.7.48.2'), uri(url))),
  ]
  if (access.length > 0) list.push({ oid: '1.3.6.1.5.5.7.1.1', value: write.sequence(...access) })
  return list
}

function extras(options: TestCertificateOptions): TestExtension[] {
  const list: TestExtension[] = []
  if (options.policies !== undefined) {
    list.push({ oid: '2.5.29.32', value: write.sequence(...options.policies.map((policy) => write.sequence(write.oid(policy)))) })
  }
  if (options.mustStaple === true) list.push({ oid: '1.3.6.1.5.5.7.1.24', value: write.sequence(write.integer(5)) })
  if (options.sctCount !== undefined) list.push({ oid: '1.3.6.1.4.1.11129.2.4.2', value: write.octetString(sctList(options.sctCount)) })
  return [...list, ...(options.extraExtensions ?? [])]
}

/** RFC 6962 §3.3: a length-prefixed list of length-prefixed v1 SCTs with an ECDSA signature of 71 octets. */
function sctList(count: number): Buffer {
  const scts = Array.from({ length: count }, () => {
    const signature = Buffer.concat([Buffer.from([4, 3, 0, 71]), randomBytes(71)])
    const sct = Buffer.concat([Buffer.from([0]), randomBytes(32), Buffer.from([0, 0, 1, 0x99, 0, 0, 0, 0]), Buffer.from([0, 0]), signature])
    return Buffer.concat([Buffer.from([sct.length >> 8, sct.length & 0xff]), sct])
  })
  const list = Buffer.concat(scts)
  return Buffer.concat([Buffer.from([list.length >> 8, list.length & 0xff]), list])
}

function generalName(san: TestSubjectAltName): Buffer {
  const at = san.indexOf(':')
  const value = san.slice(at + 1)
  switch (san.slice(0, at)) {
    case 'email': return write.implicit(1, Buffer.from(value, 'latin1'))
    case 'dns': return write.implicit(2, Buffer.from(value, 'latin1'))
    case 'uri': return write.implicit(6, Buffer.from(value, 'latin1'))
    case 'ip': return write.implicit(7, addressBytes(value))
    case 'upn': return write.explicit(0, write.oid('1.3.6.1.4.1.311.20.2.3'), write.explicit(0, write.utf8String(value)))
    default: throw new TypeError(`not a test subject alternative name: ${san}`)
  }
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}
