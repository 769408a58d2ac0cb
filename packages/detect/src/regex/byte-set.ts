/** Which of the 256 byte values belong to a class; entry 1 = in, 0 = out. */
export type ByteSet = Uint8Array

/** A set of the given bytes and inclusive ranges. */
export function byteSet(...members: readonly (number | readonly [number, number])[]): ByteSet {
  const set = new Uint8Array(256)
  for (const member of members) {
    if (typeof member === 'number') set[member] = 1
    else set.fill(1, member[0], member[1] + 1)
  }
  return set
}

/** What `set` leaves out. */
export function complement(set: ByteSet): ByteSet {
  const rest = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) rest[byte] = 1 - set[byte]!
  return rest
}

/** Bytes of either set. */
export function union(a: ByteSet, b: ByteSet): ByteSet {
  const either = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte++) either[byte] = a[byte]! | b[byte]!
  return either
}

/** How many bytes are in. */
export function sizeOf(set: ByteSet): number {
  let size = 0
  for (let byte = 0; byte < 256; byte++) size += set[byte]!
  return size
}

/** The bytes that are in, ascending. */
export function bytesOf(set: ByteSet): number[] {
  const bytes: number[] = []
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) bytes.push(byte)
  return bytes
}

/** The set with both cases of every ASCII letter it holds. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice()
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    if (set[upper] === 1 || set[upper + 32] === 1) folded[upper] = folded[upper + 32] = 1
  }
  return folded
}

/** The lower-case byte when the set is one byte or the two cases of one letter, else null. */
export function literalByte(set: ByteSet): number | null {
  if (sizeOf(set) > 2) return null
  const bytes = bytesOf(set)
  if (bytes.length === 1) return lowerByte(bytes[0]!)
  return bytes.length === 2 && bytes[0]! >= 0x41 && bytes[0]! <= 0x5a && bytes[1] === bytes[0]! + 32 ? bytes[1] : null
}

/** ASCII lower case of one byte. */
export function lowerByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte
}

const digit = byteSet([0x30, 0x39])
const upper = byteSet([0x41, 0x5a])
const lower = byteSet([0x61, 0x7a])
const alpha = union(upper, lower)
const alnum = union(alpha, digit)

/** RE2's `\d`, `\s` and `\w`: ASCII only, and `\s` without the vertical tab. */
export const perlClasses: Readonly<Record<string, ByteSet>> = {
  d: digit, s: byteSet([0x09, 0x0a], 0x0c, 0x0d, 0x20), w: union(alnum, byteSet(0x5f)),
}

/** The classes of `[[:name:]]`. */
export const posixClasses: Readonly<Record<string, ByteSet>> = {
  alnum, alpha, digit, lower, upper, word: perlClasses.w!, ascii: byteSet([0, 0x7f]), blank: byteSet(0x09, 0x20), cntrl: byteSet([0, 0x1f], 0x7f),
  graph: byteSet([0x21, 0x7e]), print: byteSet([0x20, 0x7e]), punct: byteSet([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]),
  space: byteSet([0x09, 0x0d], 0x20), xdigit: byteSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]),
}

/** Every byte, and every byte but the line feed (RE2's `.`). */
export const anyByte = byteSet([0, 255])
export const anyButNewline = byteSet([0, 9], [11, 255])
