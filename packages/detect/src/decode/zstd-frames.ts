import { zstdDecompressSync } from 'node:zlib'

/** True where a frame begins, or one to skip (RFC 8878 §3.1). */
export function isZstd(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) || isSkippable(bytes)
}

const isSkippable = (bytes: Uint8Array): boolean => (bytes[0]! & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18

type Stage = 'magic' | 'skippable' | 'descriptor' | 'block' | 'done' | 'broken'
const needed = { magic: 4, skippable: 4, descriptor: 1, block: 3, done: 0, broken: 0 } as const satisfies Record<Stage, number>
const DICTIONARY_BYTES = [0, 1, 2, 4] as const
const CHECKSUM_BYTES = 4
const RLE = 1
const RESERVED = 3

/** Finds the end of one frame in pieces of a stream, by its headers alone: node's decoder stops behind the first and says nothing of the others. */
export class ZstdFrame {
  #stage: Stage = 'magic'
  #head: number[] = []
  /** Bytes that need not be looked at, and what follows them. */
  #passing = 0
  #hasChecksum = false
  /** It holds nothing of the content. */
  isSkipped = false

  get isDone(): boolean {
    return this.#stage === 'done' && this.#passing === 0
  }

  /** It is none, or damaged. */
  get isBroken(): boolean {
    return this.#stage === 'broken'
  }

  /** Takes the piece from `at` on; returns where in it the frame ends, its length when it goes on. */
  take(piece: Uint8Array, at: number): number {
    for (;;) {
      const passed = Math.min(this.#passing, piece.length - at)
      this.#passing -= passed
      at += passed
      if (this.#passing > 0 || this.#stage === 'done' || this.#stage === 'broken') return at
      while (this.#head.length < needed[this.#stage]) {
        if (at === piece.length) return at
        this.#head.push(piece[at++]!)
      }
      const head = Uint8Array.from(this.#head)
      this.#head = []
      this.#read(head)
    }
  }

  #read(head: Uint8Array): void {
    const number = (head[0]! | (head[1]! << 8) | (head[2]! << 16) | ((head[3] ?? 0) << 24)) >>> 0
    switch (this.#stage) {
      case 'magic':
        this.isSkipped = isSkippable(head)
        this.#stage = this.isSkipped ? 'skippable' : isZstd(head) ? 'descriptor' : 'broken'
        return
      case 'skippable': this.#passing = number; this.#stage = 'done'; return
      case 'descriptor': {
        const [descriptor] = head as unknown as [number]
        const isSingle = (descriptor & 0x20) !== 0
        const size = descriptor >> 6
        this.#hasChecksum = (descriptor & 4) !== 0
        this.#passing = (isSingle ? 0 : 1) + DICTIONARY_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3] + (size === 0 ? Number(isSingle) : 1 << size)
        this.#stage = 'block'
        return
      }
      case 'block': {
        const type = (number >> 1) & 3
        if (type === RESERVED) { this.#stage = 'broken'; return }
        const isLast = (number & 1) === 1
        this.#passing = (type === RLE ? 1 : number >> 3) + (isLast && this.#hasChecksum ? CHECKSUM_BYTES : 0)
        if (isLast) this.#stage = 'done'
      }
    }
  }
}

/** More frames than this are not read; archives of many small files have one for each. */
const MAX_FRAMES = 200_000

/** All frames one after the other, at most `maxBytes`; what follows the last of them counts as nothing. Throws as node's decoder does. */
export function unpackZstd(packed: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = []
  let room = maxBytes
  for (let at = 0, frames = 0; at < packed.length && frames < MAX_FRAMES; frames++) {
    const frame = new ZstdFrame()
    const end = frame.take(packed, at)
    if (frame.isBroken && parts.length > 0) break
    if (!frame.isSkipped) {
      const bytes = zstdDecompressSync(packed.subarray(at, end), { maxOutputLength: Math.max(1, room) })
      if (bytes.length > room) throw Object.assign(new RangeError('too long'), { code: 'ERR_BUFFER_TOO_LARGE' })
      parts.push(bytes)
      room -= bytes.length
    }
    at = end
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}
