import { perlClasses } from '../regex/byte-set.ts'
import type { AutomatonTables } from './automaton.ts'
import type { Guard } from './guard.ts'
import { BLOCK_BYTES, CHAINS, kernelModule, type KernelLayout, NOTES, OUT_BYTES } from './kernel-code.ts'

/** What an occurrence of a text stands for: the anchor of something that begins `lo` bytes before it, or a flag that it occurs. */
export type KernelEntry = { readonly id: number; readonly lo: number; readonly guard: Guard | null } | { readonly flag: number }

/** What a {@link SearchKernel} goes by: plain data that can be sent to other threads. */
export type KernelTables = {
  readonly layout: KernelLayout
  /** The beginning of the kernel's memory. */
  readonly image: Uint8Array
  readonly flags: number
  readonly longest: number
  /** Bytes in front of and behind a block that places in it are judged by. */
  readonly before: number
  readonly after: number
  readonly data: number
  /** Room for sieves, in bytes. */
  readonly sieveRoom: readonly [number, number]
}

/** No anchor stands further than this from the start of a match, in bytes. */
const BEFORE = 512
const SIEVE_ROOM = 256 * 1024
const OUT_PLACES = 8192
const PAGE = 64 * 1024
/** Shorter stretches are not worth the bookkeeping. */
const MIN_STRETCH = 64

/** Tables for an automaton whose patterns stand for `entries` (by pattern). */
export function kernelTables(automaton: AutomatonTables, entries: readonly (readonly KernelEntry[])[], counts: { readonly ids: number; readonly flags: number }): KernelTables {
  const { longest, width, outputs } = automaton
  const guards = new Map<Guard, number>()
  const lists = outputs.map((patterns) => [...patterns].flatMap((pattern) => entries[pattern]!.map((entry) => ({ entry, length: automaton.lengths[pattern]! }))))
  for (const list of lists) for (const { entry } of list) if ('id' in entry && entry.guard !== null) guards.set(entry.guard, 0)
  const room = new Room()
  const classes = room.take(256)
  const words = room.take(256)
  const cursors = room.take(CHAINS * 4 + 4)
  const flags = room.take(counts.flags)
  const sieves = room.take(counts.ids * 4)
  for (const guard of guards.keys()) guards.set(guard, room.take(512))
  const listAt = lists.map((list) => room.take(4 + list.length * 16))
  const states = automaton.table.length / width
  const rowBytes = (width + 1) * 4
  const table = room.take(states * rowBytes)
  const image = new Uint8Array(room.taken)
  const sieveAt = room.take(SIEVE_ROOM)
  const after = Math.max(1024, longest + 16)
  const data = room.take(BEFORE + BLOCK_BYTES + after)
  const hitBytes = (Math.ceil((BLOCK_BYTES + after) / CHAINS) + CHAINS) * 8
  const hits = room.take(hitBytes * CHAINS)
  const out = room.take((OUT_PLACES + Math.max(0, ...lists.map(({ length }) => length))) * OUT_BYTES)
  const layout = {
    classes, words, cursors, flags, sieves, table, rowBytes, classShift: width <= 64 ? 0 : 2, firstAccepting: table + (automaton.firstAccepting / width) * rowBytes, hits, hitBytes, out, outEnd: out + OUT_PLACES * OUT_BYTES,
    pages: Math.ceil(room.taken / PAGE),
  }
  fillImage(image, layout, automaton, { guards, lists, listAt })
  return { layout, image, flags: counts.flags, longest, before: BEFORE, after, data, sieveRoom: [sieveAt, sieveAt + SIEVE_ROOM] }
}

type Lists = { readonly guards: ReadonlyMap<Guard, number>; readonly lists: readonly (readonly { readonly entry: KernelEntry; readonly length: number }[])[]; readonly listAt: readonly number[] }

function fillImage(image: Uint8Array, layout: KernelLayout, { classes, table, width, firstAccepting }: AutomatonTables, { guards, lists, listAt }: Lists): void {
  const words32 = new Uint32Array(image.buffer)
  for (let byte = 0; byte < 256; byte++) image[layout.classes + byte] = layout.classShift === 0 ? classes[byte]! * 4 : classes[byte]!
  image.set(perlClasses['w']!, layout.words)
  for (const [{ positions }, at] of guards) new Uint16Array(image.buffer).set(positions, at / 2)
  for (const [index, list] of lists.entries()) {
    let at = listAt[index]! / 4
    words32[at++] = list.length
    for (const { entry, length } of list) {
      const anchor = 'id' in entry
      words32[at++] = length
      words32[at++] = anchor ? entry.lo : 0
      words32[at++] = anchor && entry.guard !== null ? guards.get(entry.guard)! + Number(entry.guard.beginsWord) : 0
      words32[at++] = anchor ? entry.id : NOTES + entry.flag
    }
  }
  const stride = layout.rowBytes / 4
  let to = layout.table / 4
  for (let from = 0; from < table.length; from += width) {
    for (let column = 0; column < width; column++) words32[to + column] = layout.table + (table[from + column]! / width) * layout.rowBytes
    if (from >= firstAccepting) words32[to + width] = listAt[(from - firstAccepting) / width]!
    to += stride
  }
}

/** Addresses given away one after another. */
class Room {
  taken = 0

  take(bytes: number): number {
    const at = this.taken
    this.taken += (bytes + 15) & ~15
    return at
  }
}

type KernelExports = {
  readonly memory: WebAssembly.Memory
  readonly run: (at: number, end: number, state: number, chain: number) => number
  readonly runAll: (at: number, length: number, states: number) => void
  readonly sift: (hit: number, hits: number, to: number, floor: number, end: number) => number
}

/**
 * Finds where in a buffer texts stand and something may match, by code of its own in WebAssembly: bytes are copied into its memory block by block. What it
 * turns away cannot match; what it lets through is for a regular expression to judge. One a thread.
 */
export class SearchKernel {
  readonly #tables: KernelTables
  readonly #code: KernelExports
  readonly #bytes: Uint8Array
  readonly #words: Int32Array
  /** By flag: 1 for texts that occurred since {@link clearFlags}. */
  readonly flags: Uint8Array
  /** Of what the `i`-th found place is, at 2 `i`, and its address, at 2 `i` + 1. */
  readonly places: Int32Array
  /** What makes an address an offset in the buffer. */
  shift = 0
  #sieveAt: number
  #chain = CHAINS
  #hit = 0
  #to = 0
  #end = 0

  constructor(tables: KernelTables) {
    this.#tables = tables
    const { layout, image } = tables
    this.#code = new WebAssembly.Instance(new WebAssembly.Module(kernelModule(layout))).exports as unknown as KernelExports
    const { buffer } = this.#code.memory
    this.#bytes = new Uint8Array(buffer)
    this.#bytes.set(image)
    this.#words = new Int32Array(buffer)
    this.flags = new Uint8Array(buffer, layout.flags, tables.flags)
    this.places = new Int32Array(buffer, layout.out)
    this.#sieveAt = tables.sieveRoom[0]
  }

  /** Looks for texts that begin in `from` ≤ offset < `to`, {@link BLOCK_BYTES} at most; {@link next} then tells where. One that begins before `from` is not seen. */
  look(buffer: Uint8Array, from: number, to: number): void {
    const { layout: { table, cursors, hits, hitBytes, out }, longest, before, after, data } = this.#tables
    const { run, runAll } = this.#code
    const first = Math.max(0, from - before)
    const last = Math.min(buffer.length, to + after)
    this.#bytes.set(first === 0 && last === buffer.length ? buffer : buffer.subarray(first, last), data)
    this.shift = first - data
    const at = from - this.shift
    const end = Math.min(buffer.length, to + longest) - this.shift
    this.#to = to - this.shift
    this.#end = last - this.shift
    for (let chain = 0; chain < CHAINS; chain++) this.#words[cursors / 4 + chain] = hits + chain * hitBytes
    this.#chain = 0
    this.#hit = hits
    const stretch = Math.floor((end - at) / CHAINS)
    if (stretch < MIN_STRETCH + longest) {
      run(at, end, table, 0)
      return
    }
    // What a stretch begins with may have begun before it.
    const entered = (place: number): number => run(place - longest, place, table, -1)
    for (let chain = 0; chain < CHAINS; chain++) this.#words[out / 4 + chain] = chain === 0 ? table : entered(at + chain * stretch)
    runAll(at, stretch, out)
    const behind = at + CHAINS * stretch
    run(behind, end, entered(behind), CHAINS - 1)
  }

  /** Fills {@link places} with those that follow, in their order, and returns how many there are; 0 when there are no more. */
  next(): number {
    const { layout: { cursors, hits, hitBytes, out }, data } = this.#tables
    const cursor = cursors / 4 + CHAINS
    this.#words[cursor] = out
    while (this.#chain < CHAINS) {
      const behind = this.#words[cursors / 4 + this.#chain]!
      if (this.#hit < behind) this.#hit = this.#code.sift(this.#hit, behind, this.#to, data, this.#end)
      if (this.#hit < behind) break
      this.#chain++
      this.#hit = hits + this.#chain * hitBytes
    }
    return (this.#words[cursor]! - out) / OUT_BYTES
  }

  clearFlags(): void {
    this.flags.fill(0)
  }

  /** Has places of what `id` is judged by a sieve too; false when there is no room for one more. */
  refine(id: number, sieve: Uint16Array): boolean {
    const at = this.#sieveAt
    if (at + sieve.byteLength > this.#tables.sieveRoom[1]) return false
    this.#bytes.set(new Uint8Array(sieve.buffer, sieve.byteOffset, sieve.byteLength), at)
    this.#words[this.#tables.layout.sieves / 4 + id] = at
    this.#sieveAt += (sieve.byteLength + 15) & ~15
    return true
  }
}
