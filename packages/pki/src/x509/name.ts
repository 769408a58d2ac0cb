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
const COMMON_NAME_KEY = '\x55\x04\x03'

/** Names by their content octets. Issuers repeat a thousandfold; emptied when full. */
const interned = new Map<string, NameText>()
const MAX_INTERNED = 4096
/** The table's texts may be slices of the whole document's; names in larger documents are not kept, so that it stays small. */
const MAX_INTERNED_DOCUMENT = 4096

/** Reads a Name. @throws MusterError der.invalid */
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

function decodeName(der: DerCursor, end: number): NameText {
  let text = ''
  let commonName: string | null = null
  while (der.position < end) {
    const setEnd = der.enter(tags.set, end)
    let rdn = ''
    while (der.position < setEnd) {
      const attributeEnd = der.enter(tags.sequence, setEnd)
      const key = der.oidKey(attributeEnd)
      der.read(attributeEnd)
      der.leave(attributeEnd)
      if (key === COMMON_NAME_KEY && isStringTag(der.tag)) commonName = cleanText(stringOf(der), MAX_COMMON_NAME)
      const attribute = attributeText(der, key)
      rdn = rdn === '' ? attribute : `${rdn}+${attribute}`
    }
    text = text === '' ? rdn : `${rdn},${text}`
  }
  return { text: clip(text, MAX_NAME), commonName }
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
const PLAIN = /^[A-Za-z0-9.*@:/_()'&-]+(?: [A-Za-z0-9.*@:/_()'&-]+)*$/

/** RFC 4514 §2.4 */
function escapeValue(value: string): string {
  if (PLAIN.test(value)) return value
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
