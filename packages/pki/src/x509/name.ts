import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidFromContent } from '../der/oid.ts'
import { cleanText, clip, isStringTag, stringOf } from '../der/strings.ts'
import { attributeTypes } from './attribute-types.ts'

/** Longest name text kept (UTF-16 units); longer ones end in `…`. */
const MAX_NAME = 4096
const MAX_COMMON_NAME = 1024

/** A distinguished name as text. */
export type NameText = {
  /** RFC 4514: most specific first; empty for the empty name. */
  readonly text: string
  /** The most specific (last encoded) CN; null when there is none. */
  readonly commonName: string | null
}

/** One attribute of a name, in the order encoded. */
export type NameAttribute = {
  readonly oid: string
  /** Short name (`CN`), or the OID when it has none. */
  readonly type: string
  readonly value: string
}

const NO_NAME: NameText = { text: '', commonName: null }
const COMMON_NAME = 3

/** Names by their content octets. Issuers repeat a thousandfold; emptied when full. */
const interned = new Map<string, NameText>()
const MAX_INTERNED = 4096
/** The table's texts may be slices of the whole document's; names in larger documents are not kept, so that it stays small. */
const MAX_INTERNED_DOCUMENT = 4096

/** Reads a Name and remembers its text: for issuers, which repeat. @throws MusterError der.invalid */
export function readName(der: DerCursor, limit: number): NameText {
  const end = der.enter(tags.sequence, limit)
  const start = der.position
  if (start === end) return NO_NAME
  const key = der.latin1(start, end)
  const known = interned.get(key)
  if (known !== undefined) {
    der.position = end
    return known
  }
  const name = decodeName(der, end)
  if (der.bytes.length <= MAX_INTERNED_DOCUMENT) {
    if (interned.size >= MAX_INTERNED) interned.clear()
    interned.set(key, name)
  }
  return name
}

/** Reads a Name that is seldom seen twice, such as a subject. @throws MusterError der.invalid */
export function readUniqueName(der: DerCursor, limit: number): NameText {
  const end = der.enter(tags.sequence, limit)
  return der.position === end ? NO_NAME : decodeName(der, end)
}

function decodeName(der: DerCursor, end: number): NameText {
  let text = ''
  let commonName: string | null = null
  while (der.position < end) {
    const setEnd = der.enter(tags.set, end)
    let rdn = ''
    while (der.position < setEnd) {
      const attributeEnd = der.enter(tags.sequence, setEnd)
      der.expect(tags.oid, attributeEnd)
      const { bytes, contentStart } = der
      // id-at: 2.5.4.x, one octet each
      const standard = der.contentEnd - contentStart === 3 && bytes[contentStart] === 0x55 && bytes[contentStart + 1] === 0x04
      const number = bytes[contentStart + 2]!
      const oidStart = contentStart
      const oidEnd = der.contentEnd
      der.read(attributeEnd)
      der.leave(attributeEnd)
      const type = standard ? standardTypes[number] : undefined
      const plain = type !== undefined && isPlainText(der)
      const value = plain ? der.latin1(der.contentStart, der.contentEnd) : null
      if (standard && number === COMMON_NAME && isStringTag(der.tag)) {
        commonName = value !== null && value.length <= MAX_COMMON_NAME ? value : cleanText(stringOf(der), MAX_COMMON_NAME)
      }
      const attribute = value === null ? attributeText(der, oidContent(der, oidStart, oidEnd)) : `${type}=${value}`
      rdn = rdn === '' ? attribute : `${rdn}+${attribute}`
    }
    text = text === '' ? rdn : `${rdn},${text}`
  }
  return { text: clip(text, MAX_NAME), commonName }
}

function oidContent(der: DerCursor, from: number, to: number): string {
  if (to - from > derLimits.oidBytes || to === from) throw der.invalid('an object identifier is empty or too long', 'der.limit')
  return der.latin1(from, to)
}

/** Short names of 2.5.4.x by x. */
const standardTypes: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, number) => attributeTypes.get(`\x55\x04${String.fromCharCode(number)}`))

/** ASCII that RFC 4514 writes as it is: 1 anywhere, 2 (the space) not at the ends. */
const PLAIN_OCTETS = new Uint8Array(256)
for (let octet = 0x21; octet < 0x7f; octet++) PLAIN_OCTETS[octet] = '",+;<>\\#'.includes(String.fromCharCode(octet)) ? 0 : 1
PLAIN_OCTETS[0x20] = 2

/** True when the element read last is a UTF8String, PrintableString or IA5String that needs neither decoding nor escaping. */
function isPlainText({ tag, bytes, contentStart, contentEnd }: DerCursor): boolean {
  if ((tag !== tags.utf8String && tag !== tags.printableString && tag !== tags.ia5String) || contentStart === contentEnd) return false
  if (bytes[contentStart] === 0x20 || bytes[contentEnd - 1] === 0x20) return false
  for (let i = contentStart; i < contentEnd; i++) if (PLAIN_OCTETS[bytes[i]!] === 0) return false
  return true
}

/** `type=value` of the attribute whose value was read last. */
function attributeText(der: DerCursor, key: string): string {
  const type = attributeTypes.get(key)
  if (type !== undefined && isStringTag(der.tag)) return `${type}=${escapeValue(stringOf(der))}`
  // RFC 4514 §2.4: types without a string form carry their BER in hex
  const hexEnd = Math.min(der.contentEnd, der.start + MAX_NAME / 2)
  return `${type ?? oidFromContent(key)}=#${der.hex(der.start, hexEnd)}`
}

const SPECIAL = /[",+;<>\\]/g

/** RFC 4514 §2.4 */
function escapeValue(value: string): string {
  // controls are escaped after the specials, or their own backslashes would be escaped again
  const escaped = cleanText(value.replace(SPECIAL, '\\$&'), MAX_NAME * 2)
  return escaped.replace(/^[ #]/, '\\$&').replace(/(?<!\\) $/, '\\ ')
}

/** The attributes of a Name given as DER, in the order encoded. @throws MusterError der.invalid, der.limit */
export function parseName(der: Uint8Array): NameText & { readonly attributes: readonly NameAttribute[] } {
  const cursor = new DerCursor(der, derLimits.certificateBytes)
  const { text, commonName } = readName(cursor, cursor.bytes.length)
  cursor.leave(cursor.bytes.length)
  cursor.position = 0
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  const attributes: NameAttribute[] = []
  while (cursor.position < end) {
    const setEnd = cursor.enter(tags.set, end)
    while (cursor.position < setEnd) {
      const attributeEnd = cursor.enter(tags.sequence, setEnd)
      const key = cursor.oidKey(attributeEnd)
      cursor.read(attributeEnd)
      const oid = oidFromContent(key)
      const value = isStringTag(cursor.tag) ? cleanText(stringOf(cursor), MAX_NAME) : `#${cursor.hex(cursor.start, cursor.contentEnd)}`
      attributes.push({ oid, type: attributeTypes.get(key) ?? oid, value })
    }
  }
  return { text, commonName, attributes }
}
