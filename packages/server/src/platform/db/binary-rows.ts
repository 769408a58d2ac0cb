import { storableJson, storableText } from './json-parameter.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xFF\r\n\0', 'latin1')
const FLAGS_AND_EXTENSION_BYTES = 8
const BLOCK_BYTES = 49_152
/** With room for most last rows. */
const BUFFER_BYTES = BLOCK_BYTES + BLOCK_BYTES / 4
const TEXT_OID = 25
/** PostgreSQL counts from the year 2000. */
const EPOCH_MS = BigInt(Date.UTC(2000, 0, 1))
/** Below this many characters, writing them one by one is quicker than a call out of JavaScript. */
const SHORT_CHARS = 64

const NIBBLES = new Int8Array(128).fill(-1)
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLES[digit.charCodeAt(0)] = NIBBLES[digit.toUpperCase().charCodeAt(0)] = value

/**
 * Rows in PostgreSQL's binary COPY format: {@link begin} a row, write each of its columns in their order, {@link end}; and
 * {@link take} what there is from time to time. Integers are big-endian, each field is its length (−1 for NULL) and its bytes.
 */
export class BinaryRows {
  readonly #columns: number
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #at: number

  constructor(columns: number) {
    this.#columns = columns
    SIGNATURE.copy(this.#buffer)
    this.#buffer.fill(0, SIGNATURE.length, SIGNATURE.length + FLAGS_AND_EXTENSION_BYTES)
    this.#at = SIGNATURE.length + FLAGS_AND_EXTENSION_BYTES
  }

  /** Whether enough has been written to be taken. */
  get isFull(): boolean {
    return this.#at >= BLOCK_BYTES
  }

  /** What was written since it was taken last. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#at)
    this.#buffer = Buffer.alloc(0)
    this.#at = 0
    return taken
  }

  begin(): void {
    this.#reserve(2)
    this.#at = this.#buffer.writeInt16BE(this.#columns, this.#at)
  }

  end(): void {
    this.#reserve(2)
    this.#at = this.#buffer.writeInt16BE(-1, this.#at)
  }

  /** NUL and lone surrogates become U+FFFD. */
  text(value: string | null): void {
    if (value === null) return this.#null()
    this.#reserve(4 + value.length * 3)
    const start = this.#at + 4
    // Writing UTF-8 replaces lone surrogates by itself.
    const length = this.#ascii(value, start) ?? this.#buffer.write(value.includes('\0') ? storableText(value) : value, start)
    this.#length(length)
  }

  json(value: unknown): void {
    this.text(value === null || value === undefined ? null : storableJson(value))
  }

  /** @throws Error when it is not a UUID in its usual form. */
  uuid(value: string | null): void {
    if (value === null) return this.#null()
    this.#reserve(20)
    let at = this.#at + 4
    let wrong = value.length === 36 ? 0 : -1
    for (let i = 0; i < 36; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) i++
      const byte = pair(value, i)
      wrong |= byte
      this.#buffer[at++] = byte
    }
    if (wrong < 0) throw new Error('not a UUID')
    this.#length(16)
  }

  bytes(value: Uint8Array | null): void {
    if (value === null) return this.#null()
    this.#reserve(4 + value.length)
    this.#buffer.set(value, this.#at + 4)
    this.#length(value.length)
  }

  /** @throws Error when it is not pairs of hexadecimal digits. */
  hex(value: string | null): void {
    if (value === null) return this.#null()
    const length = value.length >>> 1
    this.#reserve(4 + length)
    const start = this.#at + 4
    let wrong = value.length % 2 === 0 ? 0 : -1
    for (let i = 0; i < length; i++) {
      const byte = pair(value, i * 2)
      wrong |= byte
      this.#buffer[start + i] = byte
    }
    if (wrong < 0) throw new Error('not hexadecimal digits')
    this.#length(length)
  }

  integer(value: number | null): void {
    if (value === null) return this.#null()
    this.#reserve(8)
    this.#buffer.writeInt32BE(value, this.#at + 4)
    this.#length(4)
  }

  boolean(value: boolean | null): void {
    if (value === null) return this.#null()
    this.#reserve(5)
    this.#buffer[this.#at + 4] = value ? 1 : 0
    this.#length(1)
  }

  /** @throws Error when it is not an instant. */
  instant(value: Date | string | null): void {
    if (value === null) return this.#null()
    const ms = typeof value === 'string' ? Date.parse(value) : value.getTime()
    if (Number.isNaN(ms)) throw new Error('not an instant')
    this.#reserve(12)
    this.#buffer.writeBigInt64BE((BigInt(ms) - EPOCH_MS) * 1000n, this.#at + 4)
    this.#length(8)
  }

  texts(values: readonly string[] | null): void {
    if (values === null) return this.#null()
    this.#reserve(24)
    const from = this.#at
    // Dimensions, whether there are NULLs, the elements' type; then of the one dimension its length and lower bound.
    const head = values.length === 0 ? [0, 0, TEXT_OID] : [1, 0, TEXT_OID, values.length, 1]
    this.#at += 4
    for (const word of head) this.#at = this.#buffer.writeInt32BE(word, this.#at)
    for (const value of values) this.text(value)
    this.#buffer.writeInt32BE(this.#at - from - 4, from)
  }

  #null(): void {
    this.#reserve(4)
    this.#at = this.#buffer.writeInt32BE(-1, this.#at)
  }

  /** Closes a field whose bytes stand behind the place for its length. */
  #length(length: number): void {
    this.#at = this.#buffer.writeInt32BE(length, this.#at) + length
  }

  /** Writes a short text of ASCII without NUL and returns its length; undefined where it is none. */
  #ascii(value: string, start: number): number | undefined {
    if (value.length > SHORT_CHARS) return undefined
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code === 0 || code > 127) return undefined
      this.#buffer[start + i] = code
    }
    return value.length
  }

  #reserve(length: number): void {
    if (this.#buffer.length - this.#at >= length) return
    const grown = Buffer.allocUnsafe(Math.max(BUFFER_BYTES, this.#buffer.length * 2, this.#at + length))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

/** The byte two hexadecimal digits mean; negative where they are none. */
function pair(digits: string, at: number): number {
  const high = NIBBLES[digits.charCodeAt(at)] ?? -1
  const low = NIBBLES[digits.charCodeAt(at + 1)] ?? -1
  return (high << 4) | low
}
