import type { Inflated } from './inflate.ts'

const BLOCK_UNIT = 100_000
const MAX_CODE_BITS = 20
const MAX_TABLES = 6
const GROUP = 50
const RUN_B = 1
/** The digits of pi and of its square root, which begin a block and close a stream. */
const BLOCK_HIGH = 0x314159
const BLOCK_LOW = 0x265359
const CLOSE_HIGH = 0x177245
const CLOSE_LOW = 0x385090

/** True for a buffer that begins as bzip2 does, with a block or with the end of an empty stream. */
export function isBzip2(bytes: Uint8Array): boolean {
  return bytes.length >= 14 && bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68 && bytes[3]! >= 0x31 && bytes[3]! <= 0x39 && (bytes[4] === 0x31 ? bytes[5] === 0x41 && bytes[6] === 0x59 : bytes[4] === 0x17 && bytes[5] === 0x72 && bytes[6] === 0x45)
}

/** Unpacks a bzip2 file of one or more streams. Checksums are not compared, blocks that bzip2 before 0.9.5 stirred are damage. Asks `isStopped` before each block. */
export function unpackBzip2(bytes: Uint8Array, maxBytes: number, isStopped: () => boolean): Inflated {
  const input = new Bits(bytes)
  const output = new Output(maxBytes)
  let block: Block | null = null
  try {
    do {
      if (!isBzip2(bytes.subarray(input.pos))) throw new Damaged()
      input.skip(3)
      const size = (input.take(8) - 0x30) * BLOCK_UNIT
      while (isBlockNext(input)) {
        if (isStopped()) return { ok: false, reason: 'limit' }
        block ??= new Block(input)
        block.read(size)
        if (!block.write(output)) return { ok: false, reason: 'limit' }
      }
      input.align()
    } while (input.pos < bytes.length)
  } catch (error) {
    if (error instanceof Damaged) return { ok: false, reason: 'invalid' }
    throw error
  }
  return { ok: true, bytes: output.bytes }
}

class Damaged extends Error {}

function isBlockNext(input: Bits): boolean {
  const high = input.take(24)
  const low = input.take(24)
  const isBlock = high === BLOCK_HIGH && low === BLOCK_LOW
  if (!isBlock && (high !== CLOSE_HIGH || low !== CLOSE_LOW)) throw new Damaged()
  input.take(16)
  input.take(16)
  return isBlock
}

/** Bits, the highest of a byte first. */
class Bits {
  readonly #bytes: Uint8Array
  #next = 0
  #held = 0
  #count = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Index of the first byte nothing was taken of; right after {@link align} only. */
  get pos(): number {
    return this.#next - (this.#count >> 3)
  }

  skip(count: number): void {
    for (let at = 0; at < count; at++) this.take(8)
  }

  align(): void {
    this.#count -= this.#count & 7
  }

  /** At most 24 bits. */
  take(count: number): number {
    while (this.#count < count) {
      if (this.#next >= this.#bytes.length) throw new Damaged()
      this.#held = (this.#held << 8) | this.#bytes[this.#next++]!
      this.#count += 8
    }
    this.#count -= count
    return (this.#held >>> this.#count) & ((1 << count) - 1)
  }
}

/** Prefix codes by length: codes of a length are numbered on from the last code of the one before. */
class Codes {
  readonly #limits = new Int32Array(MAX_CODE_BITS + 2)
  readonly #offsets = new Int32Array(MAX_CODE_BITS + 2)
  readonly #symbols: Uint16Array
  readonly #shortest: number

  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length)
    this.#shortest = lengths.reduce((least, length) => Math.min(least, length), MAX_CODE_BITS)
    let code = 0
    let index = 0
    for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
      this.#offsets[bits] = index - code
      for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === bits) { this.#symbols[index++] = symbol; code++ }
      this.#limits[bits] = code
      code <<= 1
    }
  }

  next(input: Bits): number {
    let bits = this.#shortest
    let code = input.take(bits)
    while (code >= this.#limits[bits]!) {
      if (++bits > MAX_CODE_BITS) throw new Damaged()
      code = (code << 1) | input.take(1)
    }
    const symbol = this.#symbols[code + this.#offsets[bits]!]
    if (symbol === undefined) throw new Damaged()
    return symbol
  }
}

/** One block after another of a stream, in the same memory. */
class Block {
  readonly #input: Bits
  #size = 0
  /** The last column; then, shifted by a byte, where each row goes on. */
  readonly #column = new Uint32Array(9 * BLOCK_UNIT)
  #length = 0
  #origin = 0

  constructor(input: Bits) {
    this.#input = input
  }

  /** Blocks of this stream have at most `size` bytes. */
  read(size: number): void {
    this.#size = size
    const input = this.#input
    if (input.take(1) !== 0) throw new Damaged()
    this.#origin = input.take(24)
    const present = presentBytes(input)
    const tables = input.take(3)
    const selectors = selectorsOf(input, tables)
    const codes = Array.from({ length: tables }, () => new Codes(lengthsOf(input, present.length + 2)))
    this.#fill(present, selectors, codes)
    if (this.#origin >= this.#length) throw new Damaged()
    this.#sort()
  }

  /** Runs and ranks of recently used bytes become the last column. */
  #fill(recent: Uint8Array, selectors: Uint8Array, tables: readonly Codes[]): void {
    const column = this.#column
    const end = recent.length + 1
    let at = 0
    let run = 0
    let weight = 1
    for (const selector of selectors) {
      const codes = tables[selector]!
      for (let left = GROUP; left > 0; left--) {
        const symbol = codes.next(this.#input)
        if (symbol <= RUN_B) {
          run += weight << symbol
          weight <<= 1
          if (run > this.#size) throw new Damaged()
          continue
        }
        if (run > 0) {
          if (at + run > this.#size) throw new Damaged()
          column.fill(recent[0]!, at, (at += run))
          run = 0
          weight = 1
        }
        if (symbol === end) { this.#length = at; return }
        if (at >= this.#size) throw new Damaged()
        const byte = recent[symbol - 1]!
        recent.copyWithin(1, 0, symbol - 1)
        recent[0] = byte
        column[at++] = byte
      }
    }
    throw new Damaged()
  }

  /** Threads the rows of the sorted matrix: the upper bits of each name the row that goes on. */
  #sort(): void {
    const column = this.#column
    const length = this.#length
    const next = new Uint32Array(256)
    for (let at = 0; at < length; at++) next[column[at]! & 0xff]!++
    for (let byte = 0, sum = 0; byte < 256; byte++) { const count = next[byte]!; next[byte] = sum; sum += count }
    for (let at = 0; at < length; at++) {
      const row = next[column[at]! & 0xff]!++
      column[row] = (column[row]! & 0xff) | (at << 8)
    }
  }

  /** Writes the block's text: after four equal bytes stands how many more there are. False when the output is full. */
  write(output: Output): boolean {
    const column = this.#column
    let row = column[this.#origin]! >>> 8
    let last = -1
    let equal = 0
    for (let left = this.#length; left > 0; left--) {
      const entry = column[row]!
      row = entry >>> 8
      const byte = entry & 0xff
      if (equal === 4) {
        if (!output.put(last, byte)) return false
        equal = 0
        last = -1
        continue
      }
      equal = byte === last ? equal + 1 : 1
      last = byte
      if (!output.put(byte, 1)) return false
    }
    return true
  }
}

/** The bytes a block has, in order. */
function presentBytes(input: Bits): Uint8Array {
  const rows = input.take(16)
  const present: number[] = []
  for (let high = 0; high < 16; high++) {
    const row = ((rows >> (15 - high)) & 1) === 1 ? input.take(16) : 0
    for (let low = 0; low < 16; low++) if (((row >> (15 - low)) & 1) === 1) present.push(high * 16 + low)
  }
  if (present.length === 0) throw new Damaged()
  return Uint8Array.from(present)
}

/** Which table each group of symbols uses. */
function selectorsOf(input: Bits, tables: number): Uint8Array {
  const selectors = new Uint8Array(input.take(15))
  if (tables < 2 || tables > MAX_TABLES || selectors.length === 0) throw new Damaged()
  const recent = [0, 1, 2, 3, 4, 5]
  for (let at = 0; at < selectors.length; at++) {
    let rank = 0
    while (input.take(1) === 1) if (++rank >= tables) throw new Damaged()
    const [table] = recent.splice(rank, 1)
    recent.unshift(table!)
    selectors[at] = table!
  }
  return selectors
}

function lengthsOf(input: Bits, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols)
  let length = input.take(5)
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (input.take(1) === 1) length += input.take(1) === 0 ? 1 : -1
    if (length < 1 || length > MAX_CODE_BITS) throw new Damaged()
    lengths[symbol] = length
  }
  return lengths
}

/** Bytes up to a limit, in memory that grows with them. */
class Output {
  readonly #limit: number
  #memory: Uint8Array
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#memory = new Uint8Array(Math.min(limit, 65_536))
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length)
  }

  /** False when they do not fit. */
  put(byte: number, count: number): boolean {
    const end = this.#length + count
    if (end > this.#memory.length) {
      if (end > this.#limit) return false
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(end, this.#memory.length * 4)))
      larger.set(this.#memory)
      this.#memory = larger
    }
    if (count === 1) this.#memory[this.#length] = byte
    else this.#memory.fill(byte, this.#length, end)
    this.#length = end
    return true
  }
}
