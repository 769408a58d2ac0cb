import type { Region } from './matcher.ts'
import type { Plan } from './plan.ts'

/** A stretch of a file that matches are looked for in: its text, where that begins, and the anchors in it, relative to that and ascending. */
export type Stretch = { readonly region: Region; readonly base: number; readonly anchors: readonly number[] }

/** A chunk of a file: matches begin in `from` ≤ offset < `to`; the file ends at `length`. */
export type Chunk = { readonly from: number; readonly to: number; readonly length: number }

/** Where a plan has few anchors, the text around them is read apart if it is no more than this part of the text around all. */
const APART = 1 / 4

/** The text of a chunk, as far as plans need it: strings are made of no more than that. */
export class ChunkText {
  readonly #buffer: Buffer
  readonly #length: number
  readonly #first: number
  readonly #last: number
  #shared: Stretch | null = null

  /** `around`: the plans with anchors and those; null for the whole of the chunk. `overlap`: how far a match of any plan reaches over the chunk's ends. */
  constructor(buffer: Buffer, { from, to, length }: Chunk, overlap: number, around: Iterable<readonly [Plan, readonly number[]]> | null) {
    let first = around === null ? 0 : length
    let last = around === null ? length : 0
    for (const [plan, anchors] of around ?? []) {
      const { before, behind } = marginsOf(plan)
      for (const anchor of anchors) {
        if (anchor - before < first) first = anchor - before
        if (anchor + behind > last) last = anchor + behind
      }
    }
    this.#buffer = buffer
    this.#length = length
    this.#first = Math.max(0, from - overlap, first)
    this.#last = Math.min(length, to + overlap, last)
  }

  /** What to look in for matches of a plan, one after the other. */
  stretchesOf(plan: Plan, anchors: readonly number[]): readonly Stretch[] {
    const { before, behind } = marginsOf(plan)
    if (plan.strategy !== 'whole' && anchors.length * (before + behind) < (this.#last - this.#first) * APART) return this.#apart(ascending(anchors), before, behind)
    this.#shared ??= this.#stretch(this.#first, this.#last, [])
    const { base } = this.#shared
    return [{ ...this.#shared, anchors: ascending(anchors).map((anchor) => anchor - base) }]
  }

  #apart(anchors: readonly number[], before: number, behind: number): readonly Stretch[] {
    const stretches: Stretch[] = []
    for (let next = 0; next < anchors.length;) {
      const first = next
      let end = anchors[first]! + behind
      for (next++; next < anchors.length && anchors[next]! - before <= end; next++) end = anchors[next]! + behind
      stretches.push(this.#stretch(Math.max(0, anchors[first]! - before), Math.min(this.#length, end), anchors.slice(first, next)))
    }
    return stretches
  }

  #stretch(base: number, end: number, anchors: readonly number[]): Stretch {
    return { region: { text: this.#buffer.toString('latin1', base, end), complete: end >= this.#length }, base, anchors: anchors.map((anchor) => anchor - base) }
  }
}

/** As far back from an anchor as a match can begin and as far on as it can reach, with a byte on either side for what looks there. */
function marginsOf({ hi, lo, reach, prefix }: Plan): { readonly before: number; readonly behind: number } {
  return { before: hi + (prefix?.max ?? 0) + 1, behind: reach + 1 - lo }
}

/** Offsets sorted, each once. Anchors arrive in the order of their ends, which is nearly that of their starts. */
function ascending(offsets: readonly number[]): readonly number[] {
  for (let i = 1; i < offsets.length; i++) if (offsets[i]! <= offsets[i - 1]!) return [...new Set(Int32Array.from(offsets).sort())]
  return offsets
}
