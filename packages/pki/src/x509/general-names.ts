import type { SubjectAltName } from '@muster/core'
import type { DerCursor } from '../der/cursor.ts'
import { tags } from '../der/limits.ts'
import { oidFromContent, oidToContent } from '../der/oid.ts'
import { cleanText, clip, isStringTag, stringOf } from '../der/strings.ts'
import { readName } from './name.ts'

/** As many as the inventory keeps; a certificate with more is refused rather than cut. */
const MAX_NAMES = 2000
const MAX_VALUE = 1024

const UPN = oidToContent('1.3.6.1.4.1.311.20.2.3')
const SMTP_UTF8_MAILBOX = oidToContent('1.3.6.1.5.5.7.8.9')

/** A SEQUENCE OF GeneralName (RFC 5280 §4.2.1.6). @throws MusterError der.invalid, der.limit above 2000 names */
export function readGeneralNames(der: DerCursor, limit: number): SubjectAltName[] {
  const end = der.enter(tags.sequence, limit)
  const names: SubjectAltName[] = []
  while (der.position < end) {
    if (names.length === MAX_NAMES) throw der.invalid(`more than ${MAX_NAMES} names`, 'der.limit')
    names.push(readGeneralName(der, end))
  }
  return names
}

/** One GeneralName. Values longer than 1024 characters are cut and end in `…`. */
export function readGeneralName(der: DerCursor, limit: number): SubjectAltName {
  switch (der.read(limit)) {
    case 0x82: return { type: 'dns', value: ia5(der, MAX_VALUE) }
    case 0x87: return addressName(der)
    case 0x81: return { type: 'email', value: ia5(der, MAX_VALUE) }
    case 0x86: return { type: 'uri', value: ia5(der, MAX_VALUE) }
    case 0xa0: return otherName(der)
    case 0xa4: return directoryName(der)
    case 0x88: return { type: 'registered-id', value: oidFromContent(der.latin1(der.contentStart, der.contentEnd)) }
    case 0xa3: return { type: 'other', value: `x400Address:${hexValue(der)}` }
    case 0xa5: return { type: 'other', value: `ediPartyName:${hexValue(der)}` }
    default: throw der.invalid('not a general name')
  }
}

/** Text of the IA5String read last; octets outside printable ASCII are made safe. */
export function ia5(der: DerCursor, max: number): string {
  const { bytes, contentStart, contentEnd } = der
  const text = der.latin1(contentStart, contentEnd)
  if (contentEnd - contentStart > max) return cleanText(text, max)
  for (let i = contentStart; i < contentEnd; i++) {
    const byte = bytes[i]!
    if (byte < 0x20 || byte > 0x7e) return cleanText(text, max)
  }
  return text
}

function hexValue(der: DerCursor): string {
  return `#${clip(der.hex(der.contentStart, Math.min(der.contentEnd, der.contentStart + 512)), MAX_VALUE - 120)}`
}

function directoryName(der: DerCursor): SubjectAltName {
  const end = der.contentEnd
  der.position = der.contentStart
  const { text } = readName(der, end)
  der.leave(end)
  return { type: 'directory', value: clip(text, MAX_VALUE) }
}

function otherName(der: DerCursor): SubjectAltName {
  const end = der.contentEnd
  der.position = der.contentStart
  const key = der.oidKey(end)
  const valueEnd = der.enter(0xa0, end)
  der.read(valueEnd)
  der.leave(valueEnd)
  der.leave(end)
  if (isStringTag(der.tag)) {
    const value = cleanText(stringOf(der), MAX_VALUE - 120)
    if (key === UPN) return { type: 'upn', value }
    if (key === SMTP_UTF8_MAILBOX) return { type: 'email', value }
    return { type: 'other', value: `${clip(oidFromContent(key), 100)}:${value}` }
  }
  return { type: 'other', value: `${clip(oidFromContent(key), 100)}:${hexValue(der)}` }
}

function addressName(der: DerCursor): SubjectAltName {
  const { bytes, contentStart: at, contentEnd } = der
  const length = contentEnd - at
  if (length === 4) return { type: 'ip', value: `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}` }
  if (length === 16) return { type: 'ip', value: ipv6Text(bytes, at) }
  return { type: 'other', value: `iPAddress:${hexValue(der)}` }
}

/** RFC 5952: lower case, the longest run of two or more zero groups (the first of equals) shortened to `::`. */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[at + 2 * i]! * 256 + bytes[at + 2 * i + 1]!)
  let [bestStart, bestLength] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && groups[i + run] === 0) run++
    if (run > bestLength) [bestStart, bestLength] = [i, run]
    i += run
  }
  const hex = (from: number, to: number): string => groups.slice(from, to).map((group) => group.toString(16)).join(':')
  return bestStart === -1 ? hex(0, 8) : `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`
}
