/** A set of object ids (20 or 32 bytes in hex), a few bytes each more than they are long. Ids are random, so their first bytes are their hash. */
export class ObjectIdSet {
  readonly #width: number
  #ids: Buffer
  #slots: Int32Array<ArrayBuffer>
  #count = 0

  /** `expected`: how many there will be about, or those of another set, one after another, which it takes over. */
  constructor(width: 20 | 32, expected: number | Buffer = 1024) {
    this.#width = width
    if (typeof expected === 'number') {
      this.#ids = Buffer.allocUnsafe(width * expected)
      this.#slots = new Int32Array(slotsFor(expected)).fill(-1)
      return
    }
    this.#ids = expected
    this.#count = Math.floor(expected.length / width)
    this.#slots = this.#filled(slotsFor(this.#count))
  }

  get size(): number {
    return this.#count
  }

  /** All ids one after another, in the order they were added. */
  get bytes(): Buffer {
    return this.#ids.subarray(0, this.#count * this.#width)
  }

  has(id: Buffer): boolean {
    return this.#slots[this.#slotOf(id)] !== -1
  }

  /** False when the id was there already. */
  add(id: Buffer): boolean {
    const slot = this.#slotOf(id)
    if (this.#slots[slot] !== -1) return false
    const at = this.#count * this.#width
    if (at + this.#width > this.#ids.length) {
      const larger = Buffer.allocUnsafe(this.#ids.length * 2 + this.#width)
      this.#ids.copy(larger, 0, 0, at)
      this.#ids = larger
    }
    id.copy(this.#ids, at, 0, this.#width)
    this.#slots[slot] = this.#count++
    if (this.#count * 2 > this.#slots.length) this.#slots = this.#filled(this.#slots.length * 2)
    return true
  }

  #slotOf(id: Buffer): number {
    const mask = this.#slots.length - 1
    for (let slot = id.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]!
      if (index === -1 || this.#ids.compare(id, 0, this.#width, index * this.#width, (index + 1) * this.#width) === 0) return slot
    }
  }

  #isSame(a: number, b: number): boolean {
    return this.#ids.compare(this.#ids, a * this.#width, (a + 1) * this.#width, b * this.#width, (b + 1) * this.#width) === 0
  }

  #filled(length: number): Int32Array<ArrayBuffer> {
    const slots = new Int32Array(length).fill(-1)
    const mask = slots.length - 1
    for (let index = 0; index < this.#count; index++) {
      let slot = this.#ids.readUInt32LE(index * this.#width) & mask
      // A damaged file may say the same again and again.
      while (slots[slot] !== -1 && !this.#isSame(slots[slot]!, index)) slot = (slot + 1) & mask
      slots[slot] = index
    }
    return slots
  }
}

function slotsFor(expected: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2 + 1)))
}
