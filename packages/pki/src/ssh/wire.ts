import { MusterError } from '@muster/core'

/** Longest length-prefixed field that is read; larger ones are refused before anything is copied. */
export const MAX_SSH_FIELD_BYTES = 64 * 1024

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

function truncated(what: string): MusterError {
  return new MusterError('ssh.invalid', `SSH data ends inside ${what}`)
}

/**
 * Reads the SSH wire encoding (RFC 4251 §5) from the front. Every read is bounds-checked; returned arrays are views of
 * the input, not copies.
 */
export class SshReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes consumed so far. */
  get offset(): number {
    return this.#offset
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** The next `length` bytes. @throws MusterError ssh.invalid when fewer are left. */
  take(length: number, what = 'a field'): Uint8Array {
    if (length > this.remaining) throw truncated(what)
    const start = this.#offset
    this.#offset += length
    return this.#bytes.subarray(start, this.#offset)
  }

  uint8(what = 'a byte'): number {
    return this.take(1, what)[0]!
  }

  uint32(what = 'a number'): number {
    if (this.remaining < 4) throw truncated(what)
    this.#offset += 4
    return this.#view.getUint32(this.#offset - 4)
  }

  uint64(what = 'a number'): bigint {
    if (this.remaining < 8) throw truncated(what)
    this.#offset += 8
    return this.#view.getBigUint64(this.#offset - 8)
  }

  /** A length-prefixed byte string. @throws MusterError input.limit above `maxBytes`. */
  string(what = 'a string', maxBytes = MAX_SSH_FIELD_BYTES): Uint8Array {
    const length = this.uint32(what)
    if (length > maxBytes) throw new MusterError('input.limit', `${what} of ${length} bytes is longer than ${maxBytes}`)
    return this.take(length, what)
  }

  /** A length-prefixed string that must be UTF-8. */
  text(what = 'a string'): string {
    const bytes = this.string(what)
    try {
      return strictUtf8.decode(bytes)
    } catch {
      throw new MusterError('ssh.invalid', `${what} is not UTF-8`)
    }
  }

  /** A non-negative multiple-precision integer as big-endian bytes without leading zeros; empty for zero. */
  mpint(what = 'a number'): Uint8Array {
    const bytes = this.string(what)
    if (bytes.length > 0 && bytes[0]! >= 0x80) throw new MusterError('ssh.invalid', `${what} is negative`)
    let start = 0
    while (start < bytes.length && bytes[start] === 0) start++
    return bytes.subarray(start)
  }

  /** @throws MusterError ssh.invalid when bytes are left over. */
  end(what: string): void {
    if (this.remaining !== 0) throw new MusterError('ssh.invalid', `${this.remaining} bytes follow the end of ${what}`)
  }
}

/** Joins byte arrays. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** RFC 4251 §5 uint32. */
export function sshUint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** RFC 4251 §5 uint64. */
export function sshUint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

/** RFC 4251 §5 string; text is encoded as UTF-8. */
export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return concatBytes(sshUint32(bytes.length), bytes)
}

/** RFC 4251 §5 mpint of a non-negative big-endian magnitude; leading zeros are dropped. */
export function sshMpint(magnitude: Uint8Array): Uint8Array {
  let start = 0
  while (start < magnitude.length && magnitude[start] === 0) start++
  const digits = magnitude.subarray(start)
  return sshString(digits.length > 0 && digits[0]! >= 0x80 ? concatBytes(new Uint8Array(1), digits) : digits)
}
