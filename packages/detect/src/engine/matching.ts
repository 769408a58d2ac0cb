import type { Clock } from '@muster/core'
import type { RegexNode } from '../regex/ast.ts'
import { parseRegex } from '../regex/parse.ts'
import type { Rule } from '../rule.ts'
import { automatonTables } from './automaton.ts'
import { type Chunk, ChunkText } from './chunk-text.ts'
import { anything } from './guard.ts'
import { BLOCK_BYTES } from './kernel-code.ts'
import { type KernelEntry, type KernelTables, kernelTables, SearchKernel } from './kernel.ts'
import { type Match, matchesOf } from './matcher.ts'
import { bodyOf, planRule, type Plan } from './plan.ts'
import { sieveOf } from './sieve.ts'

/** What one file may cost. */
export type ScanBudget = {
  /** Bytes looked at; what follows is left out and reported. */
  readonly maxBytes: number
  /** Milliseconds of the clock given. */
  readonly maxMilliseconds: number
  /** Matches of all rules together. */
  readonly maxMatches: number
  /** Matches of one rule, so that one that finds much leaves room for the others; `maxMatches` unless given. */
  readonly maxMatchesOfRule?: number
}

export const defaultBudget: ScanBudget = { maxBytes: 256 * 1024 * 1024, maxMilliseconds: 10_000, maxMatches: 20_000, maxMatchesOfRule: 5_000 }

/** Why a file was not looked at completely. */
export type Shortfall = 'bytes' | 'time' | 'matches'

export type RuleMatch = Match & { readonly rule: Rule }

const CHUNK_BYTES = 1024 * 1024
const ATTEMPTS_BETWEEN_CLOCK_READINGS = 512

/** Places of a rule that turn out to be none before it is worth a {@link sieveOf | sieve}. */
const PLACES_BEFORE_SIEVE = 1024

/** A text, lower case, of which it is to be told by a bit (0 to 30) whether it occurs: where a pattern is given, which begins with the text, whether that may match. Texts may share a bit. */
export type WatchedText = { readonly text: string; readonly pattern?: string; readonly bit: number }

/** What an engine goes by: plain data that can be sent to other threads. Made once for a set of rules, since it takes longer than looking at many files. */
export type EngineTables = { readonly plans: readonly Plan[]; readonly watched: readonly WatchedText[]; readonly kernel: KernelTables }

/** The tables for a set of rules. `watched`: texts of which {@link MatchEngine.find} tells whether they occur. */
export function engineTables(rules: readonly Rule[], watched: readonly WatchedText[] = []): EngineTables {
  const plans = rules.filter((rule) => rule.regex !== null).map(planRule)
  const entries = new Map<string, KernelEntry[]>()
  const add = (text: string, entry: KernelEntry): void => {
    const known = entries.get(text)
    if (known === undefined) entries.set(text, [entry])
    else known.push(entry)
  }
  for (const [index, plan] of plans.entries()) {
    for (const text of plan.anchors) add(text, { id: index, lo: plan.lo, guard: plan.guard })
    if (!plan.keywordImplied) for (const text of plan.rule.keywords) add(text, { flag: index })
  }
  for (const [index, { text, pattern }] of watched.entries()) add(text, pattern === undefined ? { flag: plans.length + index } : { id: plans.length + index, lo: 0, guard: anything })
  const count = plans.length + watched.length
  return { plans, watched, kernel: kernelTables(automatonTables([...entries.keys()]), [...entries.values()], { ids: count, flags: count }) }
}

/** Finds every match of a set of rules in buffers, one pass for all of them. Not re-entrant: one engine per thread. */
export class MatchEngine {
  readonly plans: readonly Plan[]
  readonly #watched: readonly WatchedText[]
  readonly #kernel: SearchKernel
  readonly #overlap: number
  /** By plan: where its anchors stand in the chunk. */
  readonly #anchors: number[][]
  /** Plans with an anchor in the chunk: most files have those of a few rules only. */
  readonly #touched: number[] = []
  /** Plans without anchors, tried on every chunk. */
  readonly #everywhere: readonly number[]
  /** By plan: where its last match ends. */
  readonly #lastEnds: Int32Array
  /** By plan: places the kernel let through. */
  readonly #places: Uint32Array
  /** Every keyword of the whole buffer has been noted, not only those of the chunks so far. */
  #keywordsNoted = false

  /** For rules with nothing to watch for, or tables made of them. */
  constructor(source: readonly Rule[] | EngineTables) {
    const { plans, watched, kernel } = 'plans' in source ? source : engineTables(source)
    this.plans = plans
    this.#watched = watched
    this.#kernel = new SearchKernel(kernel)
    this.#overlap = Math.max(0, ...plans.map(({ hi, reach, prefix }) => hi + reach + (prefix?.max ?? 0))) + 16
    this.#anchors = plans.map(() => [])
    this.#everywhere = plans.flatMap(({ strategy }, index) => strategy === 'whole' ? [index] : [])
    this.#lastEnds = new Int32Array(plans.length)
    this.#places = new Uint32Array(plans.length)
    for (const [index, { pattern }] of watched.entries()) if (pattern !== undefined) this.#refine(plans.length + index, parseRegex(pattern).root)
  }

  /**
   * All matches by rule, each rule's leftmost and not overlapping, and what cut the work short, if anything did. `watched` has the bits of the
   * texts to watch for that occur in what was looked at.
   */
  find(buffer: Buffer, clock: Clock, budget: ScanBudget = defaultBudget): { readonly matches: RuleMatch[]; readonly shortfall: Shortfall | null; readonly watched: number } {
    const length = Math.min(buffer.length, budget.maxBytes)
    const work = new Work(clock, budget, length < buffer.length ? 'bytes' : null)
    this.#lastEnds.fill(0)
    this.#kernel.clearFlags()
    this.#keywordsNoted = length <= CHUNK_BYTES
    for (let from = 0; from < length && !work.over; from += CHUNK_BYTES) {
      const to = Math.min(length, from + CHUNK_BYTES)
      this.#collectAnchors(buffer, from, to)
      this.#matchChunk(buffer, { from, to, length }, work)
    }
    return { matches: work.matches, shortfall: work.shortfall, watched: this.#watchedSeen() }
  }

  #watchedSeen(): number {
    const { flags } = this.#kernel
    let seen = 0
    for (let index = 0, flag = this.plans.length; index < this.#watched.length; index++, flag++) seen |= flags[flag]! << this.#watched[index]!.bit
    return seen
  }

  /** Notes the keywords that stand behind a chunk: a rule without a keyword in the chunk may have one there. */
  #noteKeywords(buffer: Buffer, behind: number, length: number): void {
    this.#keywordsNoted = true
    for (let from = behind; from < length; from += BLOCK_BYTES) {
      this.#kernel.look(buffer, from, Math.min(length, from + BLOCK_BYTES))
      while (this.#kernel.next() > 0);
    }
  }

  /** Anchors that begin in `from` ≤ x < `to`, by plan. */
  #collectAnchors(buffer: Buffer, from: number, to: number): void {
    const kernel = this.#kernel
    const { places } = kernel
    for (const index of this.#touched) this.#anchors[index]!.length = 0
    this.#touched.length = 0
    for (let block = from; block < to; block += BLOCK_BYTES) {
      kernel.look(buffer, block, Math.min(to, block + BLOCK_BYTES))
      for (let count = kernel.next(); count > 0; count = kernel.next()) {
        for (let i = 0; i < count; i++) this.#note(places[2 * i]!, places[2 * i + 1]! + kernel.shift)
      }
    }
  }

  #note(id: number, start: number): void {
    const anchors = this.#anchors[id]
    if (anchors === undefined) {
      this.#kernel.flags[id] = 1
      return
    }
    if (anchors.length === 0) this.#touched.push(id)
    anchors.push(start)
    if (++this.#places[id]! !== PLACES_BEFORE_SIEVE) return
    const plan = this.plans[id]!
    if (plan.guard !== null) this.#refine(id, bodyOf(plan))
  }

  #refine(id: number, body: RegexNode): void {
    const sieve = sieveOf(body)
    if (sieve !== null) this.#kernel.refine(id, sieve)
  }

  #matchChunk(buffer: Buffer, chunk: Chunk, work: Work): void {
    const { from, to, length } = chunk
    let chunkText: ChunkText | null = null
    const lastEnds = this.#lastEnds
    for (const index of this.#everywhere.length === 0 ? this.#touched : [...this.#touched, ...this.#everywhere]) {
      const plan = this.plans[index]!
      if (work.isFull(index)) { work.shortfall = 'matches'; continue }
      if (!plan.keywordImplied && this.#kernel.flags[index] === 0) {
        if (!this.#keywordsNoted) this.#noteKeywords(buffer, to, length)
        if (this.#kernel.flags[index] === 0) continue
      }
      chunkText ??= new ChunkText(buffer, chunk, this.#overlap, this.#everywhere.length > 0 ? null : this.#touched.map((each) => [this.plans[each]!, this.#anchors[each]!]))
      for (const { region, base, anchors } of chunkText.stretchesOf(plan, this.#anchors[index]!)) {
        const earliest = Math.max(plan.strategy === 'whole' ? from : base, lastEnds[index]!) - base
        for (const match of matchesOf(plan, region, anchors, earliest, work.allow)) {
          const start = match.start + base
          // A whole-text pattern meets the overlap twice; what begins behind the chunk belongs to the next.
          if (plan.strategy === 'whole' && start >= to && to < length) break
          lastEnds[index] = match.end + base
          if (!work.add(index, { rule: plan.rule, start, end: match.end + base, secretStart: match.secretStart + base, secretEnd: match.secretEnd + base })) break
        }
        if (work.over) return
      }
    }
  }
}

/** What has been spent on one file. */
class Work {
  readonly matches: RuleMatch[] = []
  shortfall: Shortfall | null
  over = false
  readonly #clock: Clock
  readonly #budget: ScanBudget
  readonly #deadline: number
  readonly #ofPlan = new Map<number, number>()
  #attempts = 0

  constructor(clock: Clock, budget: ScanBudget, shortfall: Shortfall | null) {
    this.#clock = clock
    this.#budget = budget
    this.#deadline = clock.now().getTime() + budget.maxMilliseconds
    this.shortfall = shortfall
  }

  readonly allow = (): boolean => {
    if (this.over) return false
    if (++this.#attempts % ATTEMPTS_BETWEEN_CLOCK_READINGS === 0 && this.#clock.now().getTime() > this.#deadline) this.#end('time')
    return !this.over
  }

  /** Keeps a match of the plan at `index`; false when no more of it may come. */
  add(index: number, match: RuleMatch): boolean {
    if (this.matches.length >= this.#budget.maxMatches) this.#end('matches')
    else if (this.isFull(index)) this.shortfall = 'matches'
    else {
      this.matches.push(match)
      this.#ofPlan.set(index, (this.#ofPlan.get(index) ?? 0) + 1)
      return true
    }
    return false
  }

  /** True when the plan at `index` gave all it may. */
  isFull(index: number): boolean {
    return (this.#ofPlan.get(index) ?? 0) >= (this.#budget.maxMatchesOfRule ?? this.#budget.maxMatches)
  }


  #end(shortfall: Shortfall): void {
    this.over = true
    this.shortfall = shortfall
  }
}
