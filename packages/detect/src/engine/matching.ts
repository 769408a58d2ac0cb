import type { Clock } from '@muster/core'
import type { Rule } from '../rule.ts'
import { Automaton, type AutomatonTables, automatonTables, createHits, type Hits } from './automaton.ts'
import { mayMatch } from './guard.ts'
import { matchesOf, type Match } from './matcher.ts'
import { planRule, type Plan } from './plan.ts'

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

/** What a pattern of the automaton stands for. */
type Meaning = { readonly anchorOf: readonly number[]; readonly keywordOf: readonly number[]; readonly watched: number }

/** What an engine goes by: plain data that can be sent to other threads. Made once for a set of rules, since it takes longer than looking at many files. */
export type EngineTables = { readonly plans: readonly Plan[]; readonly patterns: readonly string[]; readonly meanings: readonly Meaning[]; readonly automaton: AutomatonTables }

/** The tables for a set of rules. `watched`: up to 31 further texts, lower case, of which {@link MatchEngine.find} tells whether they occur. */
export function engineTables(rules: readonly Rule[], watched: readonly string[] = []): EngineTables {
  const plans = rules.filter((rule) => rule.regex !== null).map(planRule)
  const meanings = new Map<string, { anchorOf: number[]; keywordOf: number[]; watched: number }>()
  const meaning = (text: string) => {
    const known = meanings.get(text) ?? { anchorOf: [], keywordOf: [], watched: 0 }
    meanings.set(text, known)
    return known
  }
  for (const [index, plan] of plans.entries()) {
    for (const text of plan.anchors) meaning(text).anchorOf.push(index)
    if (!plan.keywordImplied) for (const text of plan.rule.keywords) meaning(text).keywordOf.push(index)
  }
  for (const [index, text] of watched.entries()) meaning(text).watched = 1 << index
  const patterns = [...meanings.keys()]
  return { plans, patterns, meanings: [...meanings.values()], automaton: automatonTables(patterns) }
}

/** Finds every match of a set of rules in buffers, one pass for all of them. Not re-entrant: one engine per thread. */
export class MatchEngine {
  readonly plans: readonly Plan[]
  readonly #automaton: Automaton
  readonly #patterns: readonly string[]
  readonly #meanings: readonly Meaning[]
  readonly #overlap: number
  /** Length of the longest text looked for. */
  readonly #edge: number
  readonly #hits: Hits = createHits()
  /** By plan: where its anchors stand in the chunk. */
  readonly #anchors: number[][]
  /** Plans with an anchor in the chunk: most files have those of a few rules only. */
  readonly #touched: number[] = []
  /** Plans without anchors, tried on every chunk. */
  readonly #everywhere: readonly number[]
  readonly #keywordSeen: Uint8Array
  /** By plan: where its last match ends. */
  readonly #lastEnds: Int32Array
  /** Every keyword of the whole buffer has been noted, not only those of the chunks so far. */
  #keywordsNoted = false
  #watchedSeen = 0

  /** For rules with nothing to watch for, or tables made of them. */
  constructor(source: readonly Rule[] | EngineTables) {
    const { plans, patterns, meanings, automaton } = 'plans' in source ? source : engineTables(source)
    this.plans = plans
    this.#patterns = patterns
    this.#meanings = meanings
    this.#automaton = new Automaton(automaton)
    this.#overlap = Math.max(0, ...plans.map(({ hi, reach, prefix }) => hi + reach + (prefix?.max ?? 0))) + 16
    this.#edge = Math.max(1, ...patterns.map(({ length }) => length))
    this.#anchors = plans.map(() => [])
    this.#everywhere = plans.flatMap(({ strategy }, index) => strategy === 'whole' ? [index] : [])
    this.#keywordSeen = new Uint8Array(plans.length)
    this.#lastEnds = new Int32Array(plans.length)
  }

  /**
   * All matches by rule, each rule's leftmost and not overlapping, and what cut the work short, if anything did. `watched` has a bit for each text to
   * watch for that occurs in what was looked at.
   */
  find(buffer: Buffer, clock: Clock, budget: ScanBudget = defaultBudget): { readonly matches: RuleMatch[]; readonly shortfall: Shortfall | null; readonly watched: number } {
    const length = Math.min(buffer.length, budget.maxBytes)
    const work = new Work(clock, budget, length < buffer.length ? 'bytes' : null)
    this.#lastEnds.fill(0)
    this.#keywordSeen.fill(0)
    this.#keywordsNoted = length <= CHUNK_BYTES
    this.#watchedSeen = 0
    for (let from = 0; from < length && !work.over; from += CHUNK_BYTES) {
      const to = Math.min(length, from + CHUNK_BYTES)
      this.#collectAnchors(buffer, from, to)
      this.#matchChunk(buffer, { from, to, length }, work)
    }
    return { matches: work.matches, shortfall: work.shortfall, watched: this.#watchedSeen }
  }

  /** Notes the keywords that stand behind a chunk: a rule without a keyword in the chunk may have one there. */
  #noteKeywords(buffer: Buffer, behind: number, length: number): void {
    this.#keywordsNoted = true
    for (let from = behind; from < length; from += CHUNK_BYTES) {
      this.#hits.count = 0
      this.#automaton.find(buffer, Math.max(0, from - this.#edge), Math.min(length, from + CHUNK_BYTES), this.#hits)
      for (let i = 0; i < this.#hits.count; i++) {
        for (const pattern of this.#automaton.patternsOf(this.#hits.states[i]!)) for (const plan of this.#meanings[pattern]!.keywordOf) this.#keywordSeen[plan] = 1
      }
    }
  }

  /** Anchors that begin in `from` ≤ x < `to`, by plan. */
  #collectAnchors(buffer: Buffer, from: number, to: number): void {
    const hits = this.#hits
    for (const index of this.#touched) this.#anchors[index]!.length = 0
    this.#touched.length = 0
    hits.count = 0
    this.#automaton.find(buffer, from, Math.min(buffer.length, to + this.#edge), hits)
    for (let i = 0; i < hits.count; i++) {
      const patterns = this.#automaton.patternsOf(hits.states[i]!)
      for (let j = 0; j < patterns.length; j++) {
        const start = hits.ends[i]! - this.#patterns[patterns[j]!]!.length
        if (start < to) this.#note(this.#meanings[patterns[j]!]!, buffer, start)
      }
    }
  }

  #note({ anchorOf, keywordOf, watched }: Meaning, buffer: Buffer, start: number): void {
    this.#watchedSeen |= watched
    for (let i = 0; i < keywordOf.length; i++) this.#keywordSeen[keywordOf[i]!] = 1
    for (let i = 0; i < anchorOf.length; i++) {
      const plan = anchorOf[i]!
      const { guard, lo } = this.plans[plan]!
      if (guard !== null && !mayMatch(guard, buffer, start - lo)) continue
      const anchors = this.#anchors[plan]!
      if (anchors.length === 0) this.#touched.push(plan)
      anchors.push(start)
    }
  }

  #matchChunk(buffer: Buffer, { from, to, length }: { from: number; to: number; length: number }, work: Work): void {
    let region: { readonly text: string; readonly complete: boolean } | null = null
    const base = Math.max(0, from - this.#overlap)
    const lastEnds = this.#lastEnds
    for (const index of this.#everywhere.length === 0 ? this.#touched : [...this.#touched, ...this.#everywhere]) {
      const plan = this.plans[index]!
      const anchors = this.#anchors[index]!
      if (work.isFull(index)) { work.shortfall = 'matches'; continue }
      if (!plan.keywordImplied && this.#keywordSeen[index] === 0) {
        if (!this.#keywordsNoted) this.#noteKeywords(buffer, to, length)
        if (this.#keywordSeen[index] === 0) continue
      }
      region ??= { text: buffer.toString('latin1', base, Math.min(length, to + this.#overlap)), complete: to + this.#overlap >= length }
      const inText = ascending(anchors, base)
      const earliest = Math.max(plan.strategy === 'whole' ? from : base, lastEnds[index]!) - base
      for (const match of matchesOf(plan, region, inText, earliest, work.allow)) {
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

/** Offsets made relative to `base`, sorted, each once. Anchors arrive in the order of their ends, which is nearly that of their starts. */
function ascending(offsets: number[], base: number): number[] {
  let sorted = true
  for (let i = 1; i < offsets.length && sorted; i++) sorted = offsets[i]! > offsets[i - 1]!
  const inOrder = sorted ? offsets : [...new Set(offsets)].sort((a, b) => a - b)
  return base === 0 ? inOrder : inOrder.map((offset) => offset - base)
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
