import { MusterError } from '@muster/core'
import { derLimits, tags } from './limits.ts'
import { element } from './writer.ts'

/** Elements a BER document may have; a keystore of 16 MB with certificates of 1 KB has about 500,000. */
const MAX_ELEMENTS = 1_000_000
/** OCTET STRING segments and the like: their parts are joined, the constructed bit is dropped. */
const STRING_TAGS: ReadonlySet<number> = new Set([tags.octetString, tags.utf8String, tags.ia5String, tags.printableString])

type Walk = { readonly bytes: Uint8Array; elements: number }
type Part = { readonly der: Uint8Array; readonly next: number; readonly changed: boolean }

/**
 * BER with indefinite lengths and segmented strings as DER (X.690 §8.1.3.6, §8.7.3), for PKCS#7 and PKCS#12 files that
 * streaming writers made. Subtrees that need no change are taken over byte for byte, so signatures over them still hold.
 * Bytes after the first element are dropped. @throws MusterError der.invalid, der.limit
 */
export function berToDer(bytes: Uint8Array): Uint8Array {
  if (bytes.length > derLimits.keystoreBytes) {
    throw new MusterError('der.limit', `the structure has ${bytes.length} bytes, the limit is ${derLimits.keystoreBytes}`)
  }
  return convert({ bytes, elements: 0 }, 0, bytes.length, 0).der
}

function convert(walk: Walk, at: number, limit: number, depth: number): Part {
  const { bytes } = walk
  if (depth > derLimits.depth) throw new MusterError('der.limit', `the structure nests deeper than ${derLimits.depth} levels`)
  if (++walk.elements > MAX_ELEMENTS) throw new MusterError('der.limit', `the structure has more than ${MAX_ELEMENTS} elements`)
  if (at + 2 > limit) throw truncated()
  const tag = bytes[at]!
  if ((tag & 0x1f) === 0x1f) throw new MusterError('der.invalid', 'multi-byte tags are not used in this format')
  const { start, length } = lengthAt(bytes, at, limit)
  const constructed = (tag & 0x20) !== 0
  if (length === null) {
    if (!constructed) throw new MusterError('der.invalid', 'a primitive element has an indefinite length')
    const { parts, next } = untilEndOfContents(walk, start, limit, depth)
    return { der: rebuild(tag, parts), next, changed: true }
  }
  const end = start + length
  if (end > limit) throw truncated()
  if (!constructed) return { der: bytes.subarray(at, end), next: end, changed: false }
  return convertDefinite(walk, at, start, end, depth)
}

function lengthAt(bytes: Uint8Array, at: number, limit: number): { start: number; length: number | null } {
  const first = bytes[at + 1]!
  if (first < 0x80) return { start: at + 2, length: first }
  if (first === 0x80) return { start: at + 2, length: null }
  const octets = first & 0x7f
  if (octets > 4 || at + 2 + octets > limit) throw truncated()
  let length = 0
  for (let i = 0; i < octets; i++) length = length * 256 + bytes[at + 2 + i]!
  return { start: at + 2 + octets, length }
}

function untilEndOfContents(walk: Walk, start: number, limit: number, depth: number): { parts: Uint8Array[]; next: number } {
  const parts: Uint8Array[] = []
  let at = start
  for (;;) {
    if (at + 2 > limit) throw truncated()
    if (walk.bytes[at] === 0 && walk.bytes[at + 1] === 0) return { parts, next: at + 2 }
    const part = convert(walk, at, limit, depth + 1)
    parts.push(part.der)
    at = part.next
  }
}

function convertDefinite(walk: Walk, at: number, start: number, end: number, depth: number): Part {
  const tag = walk.bytes[at]!
  const parts: Uint8Array[] = []
  let changed = STRING_TAGS.has(tag & 0x1f) && (tag & 0xc0) === 0
  for (let child = start; child < end;) {
    const part = convert(walk, child, end, depth + 1)
    changed ||= part.changed
    parts.push(part.der)
    child = part.next
  }
  return { der: changed ? rebuild(tag, parts) : walk.bytes.subarray(at, end), next: end, changed }
}

/**
 * Joins converted parts; a constructed universal string becomes primitive. A segmented `[n] IMPLICIT OCTET STRING` stays
 * constructed, because bytes alone do not tell it from `[n] EXPLICIT`: its reader joins the segments.
 */
function rebuild(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const universalString = (tag & 0xc0) === 0 && STRING_TAGS.has(tag & 0x1f)
  if (!universalString) return element(tag, ...parts)
  return element(tag & 0x1f, ...parts.map(contentOf))
}

function contentOf(der: Uint8Array): Uint8Array {
  const { start } = lengthAt(der, 0, der.length)
  return der.subarray(start)
}

function truncated(): MusterError {
  return new MusterError('der.invalid', 'the structure ends too early')
}
