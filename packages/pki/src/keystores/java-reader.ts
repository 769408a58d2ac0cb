import { MusterError } from '@muster/core'

/** Big-endian reader for Java's DataInput formats, bounded by `limit`. Byte results are views, not copies. */
export class JavaReader {
  readonly #bytes: Buffer
  readonly #limit: number
  #position = 0

  constructor(bytes: Uint8Array, limit: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#limit = limit
  }

  atEnd(): boolean {
    return this.#position === this.#limit
  }

  /** Moves over `count` bytes and returns where they begin. @throws MusterError keystore.invalid */
  skip(count: number): number {
    if (count > this.#limit - this.#position) throw new MusterError('keystore.invalid', 'the keystore ends too early')
    const at = this.#position
    this.#position += count
    return at
  }

  uint8(): number {
    return this.#bytes[this.skip(1)]!
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.skip(2))
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.skip(4))
  }

  bytes(count: number): Buffer {
    const at = this.skip(count)
    return this.#bytes.subarray(at, at + count)
  }

  /** Java's modified UTF-8 with a 16-bit length; NUL and pairs of surrogates are coded Java's way. */
  utf(): string {
    const bytes = this.bytes(this.uint16())
    let text = ''
    for (let i = 0; i < bytes.length;) {
      const first = bytes[i]!
      if (first < 0x80) {
        text += String.fromCharCode(first)
        i++
      } else if (first < 0xe0) {
        text += String.fromCharCode(((first & 0x1f) << 6) | (bytes[i + 1]! & 0x3f))
        i += 2
      } else {
        text += String.fromCharCode(((first & 0x0f) << 12) | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f))
        i += 3
      }
    }
    return text
  }
}
