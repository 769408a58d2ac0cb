/** How decoding a stretch ended: `size` when the output is full, `marker` at the stream's own end mark, `stopped` when the caller wanted no more. */
export type LzmaEnd = 'size' | 'marker' | 'invalid' | 'stopped'

// Where each group of probabilities begins.
const IS_MATCH = 0
const IS_REP = 192
const IS_REP_G0 = 204
const IS_REP_G1 = 216
const IS_REP_G2 = 228
const IS_REP0_LONG = 240
const POS_SLOT = 432
const POS_SPECIAL = 688
const ALIGN = 816
const LENGTH = 832
const REP_LENGTH = 1346
const LITERAL = 1860
// Within a group of lengths.
const CHOICE2 = 1
const LOW = 2
const MID = 130
const HIGH = 258

const SYMBOLS_BETWEEN_LOOKS = 65_536
const HALF = 1024
const TOP_BYTE = -0x1000000
const SIGN = -0x80000000

/**
 * Decodes LZMA (LZMA specification, I. Pavlov 2015) into a buffer that is its own dictionary: a stated dictionary size costs nothing, and no
 * byte is written past the buffer. Input that ends early reads as zeros and is told at the end of the stretch.
 */
export class LzmaDecoder {
  readonly #out: Uint8Array
  readonly #isStopped: () => boolean
  #at: number
  /** Where the dictionary begins: nothing before it can be referred to. */
  #from: number
  #probabilities = new Uint16Array(LITERAL)
  #literalBits = 0
  #literalMask = 0
  #positionMask = 0
  #state = 0
  #rep0 = 0
  #rep1 = 0
  #rep2 = 0
  #rep3 = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #pos = 0
  #range = 0
  #code = 0

  /** Writes from `at` on; the dictionary is empty. `isStopped` is asked now and then. */
  constructor(out: Uint8Array, at: number, isStopped: () => boolean) {
    this.#out = out
    this.#isStopped = isStopped
    this.#at = at
    this.#from = at
  }

  /** How far the buffer is filled. */
  get at(): number {
    return this.#at
  }

  /** The position in the input after the last stretch. */
  get read(): number {
    return this.#pos
  }

  /** Takes the byte of lc, lp and pb and begins anew. False when they are out of range (as in xz, lc and lp are 4 together at most). */
  setProperties(byte: number): boolean {
    const literalContext = byte % 9
    const rest = Math.trunc(byte / 9)
    const literalPosition = rest % 5
    if (byte >= 225 || literalContext + literalPosition > 4) return false
    this.#literalBits = literalContext
    this.#literalMask = (1 << literalPosition) - 1
    this.#positionMask = (1 << Math.trunc(rest / 5)) - 1
    this.#probabilities = new Uint16Array(LITERAL + (0x300 << (literalContext + literalPosition)))
    this.resetState()
    return true
  }

  resetState(): void {
    this.#probabilities.fill(HALF)
    this.#state = this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0
  }

  resetDictionary(): void {
    this.#from = this.#at
  }

  /** Bytes that are not compressed; they stand in the dictionary as well. The caller sees that there is room. */
  copy(bytes: Uint8Array): void {
    this.#out.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** Decodes `bytes` from `start` up to `end` until the buffer is filled up to `limit`. */
  decode(bytes: Uint8Array, start: number, end: number, limit: number): LzmaEnd {
    if (bytes[start] !== 0) return 'invalid'
    this.#bytes = bytes.subarray(0, end)
    this.#pos = start + 5
    this.#range = -1
    this.#code = (bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!
    let ended: LzmaEnd | null = null
    while (ended === null) {
      if (this.#isStopped()) return 'stopped'
      for (let left = SYMBOLS_BETWEEN_LOOKS; left > 0 && ended === null; left--) ended = this.#at === limit ? 'size' : this.#symbol(limit)
    }
    this.#normalise()
    return this.#pos > end ? 'invalid' : ended
  }

  /** True when the last stretch was used up as its encoder left it. */
  get isFinished(): boolean {
    return this.#code === 0
  }

  /** True when an end mark follows, which streams of known size may have. */
  endMark(): boolean {
    return this.#symbol(this.#at) === 'marker'
  }

  #symbol(limit: number): LzmaEnd | null {
    const positionState = (this.#at - this.#from) & this.#positionMask
    const state = this.#state
    if (this.#bit(IS_MATCH + (state << 4) + positionState) === 0) {
      if (this.#at >= limit) return 'invalid'
      this.#literal(state)
      return null
    }
    let length: number
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2
      this.#rep2 = this.#rep1
      this.#rep1 = this.#rep0
      length = this.#length(LENGTH, positionState)
      this.#rep0 = this.#distance(length)
      if (this.#rep0 === -1) return 'marker'
      this.#state = state < 7 ? 7 : 10
    } else {
      length = this.#repeated(state, positionState)
      if (length === 1) this.#state = state < 7 ? 9 : 11
      else this.#state = state < 7 ? 8 : 11
    }
    const distance = (this.#rep0 >>> 0) + 1
    if (distance > this.#at - this.#from || length > limit - this.#at) return 'invalid'
    this.#match(distance, length)
    return null
  }

  #literal(state: number): void {
    const out = this.#out
    const at = this.#at
    const before = at === this.#from ? 0 : out[at - 1]!
    const base = LITERAL + 0x300 * ((((at - this.#from) & this.#literalMask) << this.#literalBits) + (before >> (8 - this.#literalBits)))
    let symbol = 1
    if (state >= 7) {
      let matched = out[at - 1 - (this.#rep0 >>> 0)] ?? 0
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1
        matched <<= 1
        const bit = this.#bit(base + ((1 + expected) << 8) + symbol)
        symbol = (symbol << 1) | bit
        if (bit !== expected) break
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol)
    out[at] = symbol
    this.#at = at + 1
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
  }

  /** The length of a match at one of the last four distances, which becomes the last one; 1 for a single byte. */
  #repeated(state: number, positionState: number): number {
    if (this.#bit(IS_REP_G0 + state) === 0) {
      if (this.#bit(IS_REP0_LONG + (state << 4) + positionState) === 0) return 1
    } else {
      let distance: number
      if (this.#bit(IS_REP_G1 + state) === 0) distance = this.#rep1
      else {
        if (this.#bit(IS_REP_G2 + state) === 0) distance = this.#rep2
        else {
          distance = this.#rep3
          this.#rep3 = this.#rep2
        }
        this.#rep2 = this.#rep1
      }
      this.#rep1 = this.#rep0
      this.#rep0 = distance
    }
    return this.#length(REP_LENGTH, positionState)
  }

  #length(base: number, positionState: number): number {
    if (this.#bit(base) === 0) return 2 + this.#tree(base + LOW + (positionState << 3), 3)
    if (this.#bit(base + CHOICE2) === 0) return 10 + this.#tree(base + MID + (positionState << 3), 3)
    return 18 + this.#tree(base + HIGH, 8)
  }

  /** One less than the distance, as a signed word; -1 for the end mark. */
  #distance(length: number): number {
    const slot = this.#tree(POS_SLOT + (Math.min(length - 2, 3) << 6), 6)
    if (slot < 4) return slot
    const bits = (slot >> 1) - 1
    const distance = (2 | (slot & 1)) << bits
    if (slot < 14) return distance + this.#reverseTree(POS_SPECIAL + distance - slot, bits)
    return (distance + (this.#direct(bits - 4) << 4) + this.#reverseTree(ALIGN, 4)) | 0
  }

  #match(distance: number, length: number): void {
    const out = this.#out
    let at = this.#at
    const end = at + length
    for (; at < end; at++) out[at] = out[at - distance]!
    this.#at = end
  }

  #normalise(): void {
    if ((this.#range & TOP_BYTE) !== 0) return
    this.#range <<= 8
    this.#code = (this.#code << 8) | this.#bytes[this.#pos++]!
  }

  #bit(index: number): number {
    if ((this.#range & TOP_BYTE) === 0) {
      this.#range <<= 8
      this.#code = (this.#code << 8) | this.#bytes[this.#pos++]!
    }
    const probabilities = this.#probabilities
    const probability = probabilities[index]!
    const bound = Math.imul(this.#range >>> 11, probability)
    // Words are signed here; turning the sign compares them as unsigned.
    if ((this.#code ^ SIGN) < (bound ^ SIGN)) {
      this.#range = bound
      probabilities[index] = probability + ((2048 - probability) >> 5)
      return 0
    }
    this.#range = (this.#range - bound) | 0
    this.#code = (this.#code - bound) | 0
    probabilities[index] = probability - (probability >> 5)
    return 1
  }

  #tree(base: number, bits: number): number {
    let node = 1
    for (let at = 0; at < bits; at++) node = (node << 1) | this.#bit(base + node)
    return node - (1 << bits)
  }

  #reverseTree(base: number, bits: number): number {
    let node = 1
    let value = 0
    for (let at = 0; at < bits; at++) {
      const bit = this.#bit(base + node)
      node = (node << 1) | bit
      value |= bit << at
    }
    return value
  }

  /** Bits of equal likelihood. */
  #direct(bits: number): number {
    let value = 0
    for (let at = 0; at < bits; at++) {
      this.#normalise()
      this.#range >>>= 1
      const below = (this.#code - this.#range) | 0
      const bit = below < 0 ? 0 : 1
      if (bit === 1) this.#code = below
      value = (value << 1) | bit
    }
    return value
  }
}
