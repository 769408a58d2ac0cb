import { MusterError, type ErrorCode } from '@muster/core'
import { derLimits, tags } from './limits.ts'
import { oidFromContent } from './oid.ts'

/** Up to here one latin-1 copy of the whole input is made once and all texts are slices of it. */
const WHOLE_TEXT_BYTES = 128 * 1024

/**
 * A strict DER reader over borrowed bytes: one object a document, none an element. `read` moves past the next element and
 * leaves its header in `tag`, `start`, `contentStart` and `contentEnd`; `enter` moves into it. Lengths must be definite and
 * minimal (X.690 §10.1) and inside `limit`; tags above 30 are refused. Nothing is copied; the caller keeps the bytes unchanged.
 */
export class DerCursor {
  readonly bytes: Buffer
  /** Where the next element begins. */
  position = 0
  /** Identifier octet of the element read last. */
  tag = 0
  /** First octet of its header. */
  start = 0
  contentStart = 0
  contentEnd = 0
  #text: string | null = null

  /** @throws MusterError der.limit when `bytes` is longer than `maxBytes`. */
  constructor(bytes: Uint8Array, maxBytes: number) {
    if (bytes.length > maxBytes) {
      throw new MusterError('der.limit', `the structure has ${bytes.length} bytes, the limit is ${maxBytes}`)
    }
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads the header at `position` and moves past the element. Returns its tag. @throws MusterError der.invalid */
  read(limit: number): number {
    const bytes = this.bytes
    let at = this.position
    if (at + 2 > limit) throw this.invalid('the structure ends too early')
    const tag = bytes[at]!
    if ((tag & 0x1f) === 0x1f) throw this.invalid('multi-byte tags are not used in this format')
    let length = bytes[at + 1]!
    this.start = at
    at += 2
    if (length >= 0x80) {
      const octets = length & 0x7f
      length = this.#longLength(at, octets, limit)
      at += octets
    }
    if (length > limit - at) throw this.invalid('an element is longer than what holds it')
    this.tag = tag
    this.contentStart = at
    this.contentEnd = at + length
    this.position = this.contentEnd
    return tag
  }

  #longLength(at: number, octets: number, limit: number): number {
    if (octets === 0) throw this.invalid('indefinite lengths are not DER')
    if (octets > 4 || at + octets > limit) throw this.invalid('an element is longer than what holds it')
    let length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + this.bytes[at + i]!
    if (length < 0x80 || (octets > 1 && this.bytes[at] === 0)) throw this.invalid('a length is not in its shortest form')
    return length
  }

  /** Like {@link read}, and the tag must be `tag`. Returns where the content ends. */
  expect(tag: number, limit: number): number {
    if (this.read(limit) !== tag) throw this.unexpected(tag)
    return this.contentEnd
  }

  /** Reads the header of an element with tag `tag` and moves to its content. Returns where the content ends. */
  enter(tag: number, limit: number): number {
    if (this.read(limit) !== tag) throw this.unexpected(tag)
    this.position = this.contentStart
    return this.contentEnd
  }

  /** The tag of the next element, or −1 at `limit`. */
  peek(limit: number): number {
    return this.position < limit ? this.bytes[this.position]! : -1
  }

  /** Enters the next element when it has tag `tag`; returns where its content ends, or −1 when the next is another. */
  enterOptional(tag: number, limit: number): number {
    return this.peek(limit) === tag ? this.enter(tag, limit) : -1
  }

  /** The element that was entered must be used up. @throws MusterError der.invalid */
  leave(end: number): void {
    if (this.position !== end) throw this.invalid('there are bytes after the last known field')
  }

  /** An OBJECT IDENTIFIER's content octets as a latin-1 text: the key of the tables in `oids.ts`. */
  oidKey(limit: number): string {
    this.expect(tags.oid, limit)
    if (this.contentEnd - this.contentStart > derLimits.oidBytes || this.contentEnd === this.contentStart) {
      throw this.invalid('an object identifier is empty or too long', 'der.limit')
    }
    return this.latin1(this.contentStart, this.contentEnd)
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(limit: number): string {
    return oidFromContent(this.oidKey(limit))
  }

  /** Checks an INTEGER and leaves its content in `contentStart` … `contentEnd` (two's complement, shortest form). */
  integer(limit: number): void {
    this.expect(tags.integer, limit)
    this.checkInteger()
  }

  /** Checks that the element read last has the content of an INTEGER in its shortest form (X.690 §8.3.2). */
  checkInteger(): void {
    const length = this.contentEnd - this.contentStart
    if (length === 0) throw this.invalid('an integer is empty')
    if (length > derLimits.integerBytes) throw this.invalid('an integer is too long', 'der.limit')
    const first = this.bytes[this.contentStart]!
    if (length > 1 && (first === 0 || first === 0xff) && first >> 7 === this.bytes[this.contentStart + 1]! >> 7) {
      throw this.invalid('an integer is not in its shortest form')
    }
  }

  /** An INTEGER that must lie in 0 … `max` (at most 2³¹ − 1). */
  smallInteger(limit: number, max: number): number {
    this.integer(limit)
    const length = this.contentEnd - this.contentStart
    if (length > 4 || this.bytes[this.contentStart]! >= 0x80) throw this.invalid(`a number is not in 0 … ${max}`)
    const value = this.bytes.readUIntBE(this.contentStart, length)
    if (value > max) throw this.invalid(`a number is not in 0 … ${max}`)
    return value
  }

  /** A BOOLEAN. Any octet but 0 counts as true, as in certificates that are out there. */
  boolean(limit: number): boolean {
    this.expect(tags.boolean, limit)
    if (this.contentEnd - this.contentStart !== 1) throw this.invalid('a boolean does not have one octet')
    return this.bytes[this.contentStart] !== 0
  }

  /** Octets of a BIT STRING that must consist of whole octets; a view, not a copy. */
  bitStringOctets(limit: number): Buffer {
    this.expect(tags.bitString, limit)
    if (this.contentEnd === this.contentStart || this.bytes[this.contentStart] !== 0) {
      throw this.invalid('a bit string does not consist of whole octets')
    }
    return this.bytes.subarray(this.contentStart + 1, this.contentEnd)
  }

  /** Content of the element with tag `tag`; a view, not a copy. */
  content(tag: number, limit: number): Buffer {
    this.expect(tag, limit)
    return this.bytes.subarray(this.contentStart, this.contentEnd)
  }

  /** The whole next element, header included; a view, not a copy. */
  element(limit: number): Buffer {
    this.read(limit)
    return this.bytes.subarray(this.start, this.contentEnd)
  }

  /** Bytes `from` … `to` as latin-1 text. */
  latin1(from: number, to: number): string {
    if (this.#text === null) {
      if (this.bytes.length > WHOLE_TEXT_BYTES) return this.bytes.toString('latin1', from, to)
      this.#text = this.bytes.toString('latin1')
    }
    return this.#text.slice(from, to)
  }

  /** Bytes `from` … `to` as lower-case hex. */
  hex(from: number, to: number): string {
    return this.bytes.toString('hex', from, to)
  }

  /** An error about the place the reader is at. */
  invalid(message: string, code: ErrorCode = 'der.invalid'): MusterError {
    return new MusterError(code, `${message} (at byte ${this.position})`, { offset: this.position })
  }

  unexpected(tag: number): MusterError {
    const found = this.tag.toString(16).padStart(2, '0')
    return new MusterError('der.invalid', `expected tag ${tag.toString(16).padStart(2, '0')}, found ${found} (at byte ${this.start})`, {
      offset: this.start,
    })
  }
}
