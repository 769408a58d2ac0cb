import type { Certificate, SubjectAltName } from '@muster/core'
import type { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidFromContent, oidTable, oidToContent } from '../der/oid.ts'
import { ia5, readGeneralNames } from './general-names.ts'
import { extendedKeyUsageName, keyUsageNames } from './usages.ts'

/** The fields of a certificate that its extensions decide. */
export type ExtensionFields = Pick<Certificate,
  | 'subjectAltNames' | 'isCa' | 'hasBasicConstraints' | 'pathLength' | 'keyUsage' | 'extendedKeyUsage' | 'subjectKeyId'
  | 'authorityKeyId' | 'crlDistributionPoints' | 'ocspUrls' | 'caIssuersUrls' | 'policies' | 'sctCount' | 'mustStaple'
  | 'unknownCriticalExtensions'>

const MAX_URL = 2048
/** As many as the inventory keeps in a list of names. */
const MAX_LIST = 256
const MAX_KEY_ID_OCTETS = 64

type Reader = (der: DerCursor, end: number, fields: ExtensionFields) => void
type Extension = { readonly bit: number; readonly read: Reader }

const skip: Reader = (der, end) => { der.position = end }

/** RFC 5280 §4.2 and the few others an inventory asks about. Listed = understood; `skip` = understood, nothing kept. */
const extensions: ReadonlyMap<string, Extension> = new Map([...oidTable<Reader>({
  '2.5.29.17': (der, end, fields) => { fields.subjectAltNames = readGeneralNames(der, end) },
  '2.5.29.15': readKeyUsage,
  '2.5.29.37': readExtendedKeyUsage,
  '2.5.29.19': readBasicConstraints,
  '2.5.29.14': (der, end, fields) => {
    der.expect(tags.octetString, end)
    fields.subjectKeyId = keyIdText(der)
  },
  '2.5.29.35': readAuthorityKeyId,
  '2.5.29.31': readCrlDistributionPoints,
  '1.3.6.1.5.5.7.1.1': readAuthorityInfoAccess,
  '2.5.29.32': readPolicies,
  '1.3.6.1.4.1.11129.2.4.2': readSctList,
  '1.3.6.1.5.5.7.1.24': readTlsFeature,
  '2.5.29.9': skip, '2.5.29.18': skip, '2.5.29.30': skip, '2.5.29.33': skip, '2.5.29.36': skip, '2.5.29.46': skip, '2.5.29.54': skip,
  '2.5.29.16': skip, '2.5.29.56': skip, '1.3.6.1.5.5.7.1.3': skip, '1.3.6.1.5.5.7.1.11': skip, '1.3.6.1.5.5.7.1.14': skip,
  '1.3.6.1.5.5.7.1.31': skip, '1.3.6.1.5.5.7.48.1.5': skip, '2.16.840.1.113730.1.1': skip, '2.16.840.1.113730.1.13': skip,
})].map(([key, read], index) => [key, { bit: 1 << index, read }]))

/** Extensions under id-ce (2.5.29.x) by x: nearly all there are in a certificate. */
const standardExtensions: readonly (Extension | undefined)[] = Array.from({ length: 128 }, (_, number) => extensions.get(`\x55\x1d${String.fromCharCode(number)}`))

/** The extension whose OID was read last; undefined when it is not understood. */
function extensionOf(der: DerCursor): Extension | undefined {
  const { bytes, contentStart, contentEnd } = der
  const length = contentEnd - contentStart
  if (length === 3 && bytes[contentStart] === 0x55 && bytes[contentStart + 1] === 0x1d) return standardExtensions[bytes[contentStart + 2]!]
  if (length > derLimits.oidBytes || length === 0) throw der.invalid('an object identifier is empty or too long', 'der.limit')
  return extensions.get(der.latin1(contentStart, contentEnd))
}

/** Reads the Extensions SEQUENCE of a certificate or request into `fields`. @throws MusterError certificate.invalid, der.* */
export function readExtensions(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  let seen = 0
  while (der.position < end) {
    const extensionEnd = der.enter(tags.sequence, end)
    const oidEnd = der.expect(tags.oid, extensionEnd)
    const oidStart = der.contentStart
    const extension = extensionOf(der)
    const critical = der.peek(extensionEnd) === tags.boolean && der.boolean(extensionEnd)
    const valueEnd = der.enter(tags.octetString, extensionEnd)
    der.position = valueEnd
    der.leave(extensionEnd)
    if (extension === undefined) {
      if (critical) push(der, fields.unknownCriticalExtensions, oidFromContent(der.latin1(oidStart, oidEnd)))
      continue
    }
    if ((seen & extension.bit) !== 0) throw der.invalid(`extension ${oidFromContent(der.latin1(oidStart, oidEnd))} occurs twice`, 'certificate.invalid')
    seen |= extension.bit
    der.position = der.contentStart
    extension.read(der, valueEnd, fields)
    der.leave(valueEnd)
  }
}

function push(der: DerCursor, list: string[], value: string): void {
  if (list.length === MAX_LIST) throw der.invalid(`a list has more than ${MAX_LIST} entries`, 'der.limit')
  list.push(value)
}

function keyIdText(der: DerCursor): string {
  if (der.contentEnd - der.contentStart > MAX_KEY_ID_OCTETS) throw der.invalid('a key identifier is too long', 'der.limit')
  return der.hex(der.contentStart, der.contentEnd)
}

function readKeyUsage(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.expect(tags.bitString, limit)
  const length = end - der.contentStart
  if (length < 1) throw der.invalid('a key usage is empty')
  fields.keyUsage = keyUsageNames(length > 1 ? der.bytes[der.contentStart + 1]! : 0, length > 2 ? der.bytes[der.contentStart + 2]! : 0)
}

function readExtendedKeyUsage(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  const usages: string[] = []
  while (der.position < end) {
    if (usages.length === 64) throw der.invalid('more than 64 extended key usages', 'der.limit')
    usages.push(extendedKeyUsageName(der.oidKey(end)))
  }
  fields.extendedKeyUsage = usages
}

function readBasicConstraints(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  fields.hasBasicConstraints = true
  if (der.peek(end) === tags.boolean) fields.isCa = der.boolean(end)
  if (der.peek(end) === tags.integer) fields.pathLength = der.smallInteger(end, 0x7fffffff)
  der.leave(end)
}

function readAuthorityKeyId(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  while (der.position < end) {
    if (der.read(end) === 0x80) fields.authorityKeyId = keyIdText(der)
  }
}

/** Only `fullName` URIs: relative names and directory names are of no use to whoever fetches. */
function readCrlDistributionPoints(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  while (der.position < end) {
    const pointEnd = der.enter(tags.sequence, end)
    const nameEnd = der.enterOptional(0xa0, pointEnd)
    const fullEnd = nameEnd === -1 ? -1 : der.enterOptional(0xa0, nameEnd)
    while (der.position < fullEnd) {
      if (der.read(fullEnd) === 0x86) push(der, fields.crlDistributionPoints, ia5(der, MAX_URL))
    }
    der.position = pointEnd
  }
}

const OCSP = oidToContent('1.3.6.1.5.5.7.48.1')
const CA_ISSUERS = oidToContent('1.3.6.1.5.5.7.48.2')

function readAuthorityInfoAccess(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  while (der.position < end) {
    const accessEnd = der.enter(tags.sequence, end)
    const method = der.oidKey(accessEnd)
    if (der.read(accessEnd) === 0x86) {
      if (method === OCSP) push(der, fields.ocspUrls, ia5(der, MAX_URL))
      else if (method === CA_ISSUERS) push(der, fields.caIssuersUrls, ia5(der, MAX_URL))
    }
    der.leave(accessEnd)
  }
}

function readPolicies(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  while (der.position < end) {
    const policyEnd = der.enter(tags.sequence, end)
    push(der, fields.policies, der.oid(policyEnd))
    der.position = policyEnd
  }
}

/** RFC 6962 §3.3: the extension value is an OCTET STRING that holds a TLS-encoded list. */
function readSctList(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.expect(tags.octetString, limit)
  const { bytes } = der
  let at = der.contentStart
  if (end - at < 2 || bytes.readUInt16BE(at) !== end - at - 2) throw der.invalid('an SCT list is malformed')
  at += 2
  while (at < end) {
    if (end - at < 2) throw der.invalid('an SCT list is malformed')
    at += 2 + bytes.readUInt16BE(at)
    if (at > end) throw der.invalid('an SCT list is malformed')
    fields.sctCount++
  }
}

/** RFC 7633: status_request (5) or status_request_v2 (17) means "must staple". */
function readTlsFeature(der: DerCursor, limit: number, fields: ExtensionFields): void {
  const end = der.enter(tags.sequence, limit)
  while (der.position < end) {
    const feature = der.smallInteger(end, 0xffff)
    if (feature === 5 || feature === 17) fields.mustStaple = true
  }
}

const SUBJECT_ALT_NAME = oidToContent('2.5.29.17')

/** The subjectAltNames among the extensions a request asks for; the others are the issuer's business. */
export function readRequestedSubjectAltNames(der: DerCursor, limit: number): SubjectAltName[] {
  const end = der.enter(tags.sequence, limit)
  let names: SubjectAltName[] = []
  while (der.position < end) {
    const extensionEnd = der.enter(tags.sequence, end)
    const key = der.oidKey(extensionEnd)
    if (der.peek(extensionEnd) === tags.boolean) der.boolean(extensionEnd)
    const valueEnd = der.enter(tags.octetString, extensionEnd)
    if (key === SUBJECT_ALT_NAME) names = readGeneralNames(der, valueEnd)
    der.position = extensionEnd
  }
  return names
}


