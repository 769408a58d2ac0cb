import { oidToContent } from './oid.ts'
import { contextConstructed, contextPrimitive, tags } from './limits.ts'

/** One element: `tag`, its shortest length, and the parts one after another. Parts are copied. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(length)]), ...parts])
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(tags.sequence, ...parts)

/** A SET with its elements in the order given. */
export const set = (...parts: readonly Uint8Array[]): Buffer => element(tags.set, ...parts)

/** A SET OF with its elements sorted as DER wants them (X.690 §11.6). */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => element(tags.set, ...parts.toSorted((a, b) => Buffer.compare(a, b)))

/** `[number] EXPLICIT`. */
export const explicit = (number: number, ...parts: readonly Uint8Array[]): Buffer => element(contextConstructed(number), ...parts)

/** `[number] IMPLICIT` over a primitive type: `content` without its own header. */
export const implicit = (number: number, content: Uint8Array): Buffer => element(contextPrimitive(number), content)

/** An INTEGER; bytes are taken as an unsigned number, most significant first. */
export function integer(value: number | bigint | Uint8Array): Buffer {
  if (value instanceof Uint8Array) return integer(value.length === 0 ? 0n : BigInt(`0x${Buffer.from(value).toString('hex')}`))
  const wanted = BigInt(value)
  let octets = 1
  while (BigInt.asIntN(octets * 8, wanted) !== wanted) octets++
  const hex = BigInt.asUintN(octets * 8, wanted).toString(16).padStart(octets * 2, '0')
  return element(tags.integer, Buffer.from(hex, 'hex'))
}

export const boolean = (value: boolean): Buffer => element(tags.boolean, Buffer.from([value ? 0xff : 0]))
export const nullValue = (): Buffer => element(tags.null)
export const oid = (dotted: string): Buffer => element(tags.oid, Buffer.from(oidToContent(dotted), 'latin1'))
export const octetString = (content: Uint8Array): Buffer => element(tags.octetString, content)

/** A BIT STRING; `unusedBits` counts the bits at the end that do not belong to it. */
export const bitString = (content: Uint8Array, unusedBits = 0): Buffer => element(tags.bitString, Buffer.from([unusedBits]), content)

/** A BIT STRING of named bits with trailing zero bits removed (X.690 §11.2.2); bit 0 is the first. */
export function namedBits(bits: readonly number[]): Buffer {
  if (bits.length === 0) return bitString(Buffer.alloc(0))
  const last = Math.max(...bits)
  const octets = Buffer.alloc((last >> 3) + 1)
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7)
  return bitString(octets, 7 - (last & 7))
}

export const utf8String = (text: string): Buffer => element(tags.utf8String, Buffer.from(text, 'utf8'))
export const printableString = (text: string): Buffer => element(tags.printableString, Buffer.from(text, 'latin1'))
export const ia5String = (text: string): Buffer => element(tags.ia5String, Buffer.from(text, 'latin1'))
export const t61String = (text: string): Buffer => element(tags.t61String, Buffer.from(text, 'latin1'))
export const bmpString = (text: string): Buffer => element(tags.bmpString, Buffer.from(text, 'utf16le').swap16())

const digits = (instant: Date): string => instant.toISOString().replaceAll(/[-:T]|\.\d+/g, '')

/** UTCTime, for 1950–2049. */
export const utcTime = (instant: Date): Buffer => element(tags.utcTime, Buffer.from(digits(instant).slice(2), 'latin1'))
export const generalizedTime = (instant: Date): Buffer => element(tags.generalizedTime, Buffer.from(digits(instant), 'latin1'))

/** The form RFC 5280 §4.1.2.5 wants: UTCTime until 2049, GeneralizedTime from 2050. */
export function time(instant: Date): Buffer {
  const year = instant.getUTCFullYear()
  return year >= 1950 && year < 2050 ? utcTime(instant) : generalizedTime(instant)
}
