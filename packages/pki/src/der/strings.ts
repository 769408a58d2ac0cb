import type { DerCursor } from './cursor.ts'
import { tags } from './limits.ts'

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g
// eslint-disable-next-line no-control-regex
const NEEDS_CARE = /[\u0000-\u001f\u007f-\uffff]/

/**
 * Text that is safe to store and print: control characters as `\XX` (RFC 4514 §2.4), lone surrogates replaced, and not
 * longer than `max` UTF-16 units; what was cut is marked by a final `…`.
 */
export function cleanText(text: string, max: number): string {
  let clean = text
  if (NEEDS_CARE.test(text)) {
    clean = text.toWellFormed().replace(CONTROLS, (c) => `\\${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  }
  return clean.length <= max ? clean : clip(clean, max)
}

/** The text cut to `max` UTF-16 units with a final `…`; unchanged when it fits. Never splits a surrogate pair. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).toWellFormed().replace(/\ufffd$/, '')}…`
}

/** True for the tags whose content {@link stringOf} can decode. */
export function isStringTag(tag: number): boolean {
  return tag === tags.utf8String || (tag >= tags.numericString && tag <= tags.ia5String) ||
    (tag >= tags.graphicString && tag <= tags.universalString) || tag === tags.bmpString
}

/** The text of the string element read last, whatever its type; bytes that do not fit the type are read as latin-1. */
export function stringOf(der: DerCursor): string {
  const { tag, bytes, contentStart, contentEnd } = der
  if (tag === tags.bmpString) return utf16be(bytes, contentStart, contentEnd)
  if (tag === tags.universalString) return utf32be(bytes, contentStart, contentEnd)
  const latin1 = der.latin1(contentStart, contentEnd)
  if (tag !== tags.utf8String || isAscii(bytes, contentStart, contentEnd)) return latin1
  const utf8 = bytes.toString('utf8', contentStart, contentEnd)
  return utf8.includes('\ufffd') ? latin1 : utf8
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i]! >= 0x80) return false
  return true
}

function utf16be(bytes: Buffer, from: number, to: number): string {
  if ((to - from) % 2 !== 0) return bytes.toString('latin1', from, to)
  return Buffer.from(bytes.subarray(from, to)).swap16().toString('utf16le')
}

function utf32be(bytes: Buffer, from: number, to: number): string {
  if ((to - from) % 4 !== 0) return bytes.toString('latin1', from, to)
  let text = ''
  for (let i = from; i < to; i += 4) {
    const point = bytes.readUInt32BE(i)
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  }
  return text
}
