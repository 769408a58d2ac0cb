import { printRegex } from '../regex/print.ts'
import type { Rule } from '../rule.ts'
import { type AutomatonTables, automatonTables } from './automaton.ts'

/** Where in a buffer patterns end: the accepting state reached, and the offset behind the last byte, ascending. */
export type Hits = { states: Int32Array; ends: Int32Array; count: number }

/** Room for hits that grows as needed and is used again for the next buffer. */
export function createHits(): Hits {
  return { states: new Int32Array(1024), ends: new Int32Array(1024), count: 0 }
}

function reserve(hits: Hits, room: number): void {
  const wanted = hits.count + room
  if (hits.ends.length >= wanted) return
  const [states, ends] = [new Int32Array(wanted * 2), new Int32Array(wanted * 2)]
  states.set(hits.states.subarray(0, hits.count))
  ends.set(hits.ends.subarray(0, hits.count))
  Object.assign(hits, { states, ends })
}

/** All occurrences of a fixed set of byte strings in one pass over {@link automatonTables}, one lookup and one comparison a byte: what the engine's kernel is held against. */
export class Automaton {
  readonly #tables: AutomatonTables

  /** For patterns as {@link automatonTables} takes them. */
  constructor(patterns: readonly string[]) {
    this.#tables = automatonTables(patterns)
  }

  /** The patterns that end where a hit is in `state`, by their indexes. */
  patternsOf(state: number): Int32Array {
    return this.#tables.outputs[(state - this.#tables.firstAccepting) / this.#tables.width]!
  }

  /** Adds the occurrences that end in `from` < end ≤ `to` to `hits`; an occurrence that begins before `from` is not seen. */
  find(buffer: Uint8Array, from: number, to: number, hits: Hits): void {
    reserve(hits, to - from)
    const { table, classes, firstAccepting } = this.#tables
    const { states, ends } = hits
    let { count } = hits
    let state = 0
    for (let at = from; at < to; at++) {
      state = table[state + classes[buffer[at]!]!]!
      if (state >= firstAccepting) {
        states[count] = state
        ends[count++] = at + 1
      }
    }
    hits.count = count
  }
}

/** A match of a rule's pattern, in bytes. */
export type TextbookMatch = { readonly ruleId: string; readonly start: number; readonly end: number }

/**
 * The usual way, which the engine is held against: one pass tells which keywords the file has, then every rule with a keyword there is applied to the
 * whole file. `automaton` finds `keywords`.
 */
export function textbookMatches(buffer: Buffer, rules: readonly { readonly rule: Rule; readonly regex: RegExp }[], automaton: Automaton, keywords: readonly string[]): TextbookMatch[] {
  const hits = createHits()
  automaton.find(buffer, 0, buffer.length, hits)
  const present = new Set<string>()
  for (let i = 0; i < hits.count; i++) for (const pattern of automaton.patternsOf(hits.states[i]!)) present.add(keywords[pattern]!)
  const text = buffer.toString('latin1')
  const matches: TextbookMatch[] = []
  for (const { rule, regex } of rules) {
    if (rule.keywords.length > 0 && !rule.keywords.some((keyword) => present.has(keyword))) continue
    for (const found of text.matchAll(regex)) if (found[0].length > 0) matches.push({ ruleId: rule.id, start: found.index, end: found.index + found[0].length })
  }
  return matches
}

/** The rules that have a pattern, with the pattern for {@link textbookMatches}. */
export function textbookRules(rules: readonly Rule[]): { readonly rule: Rule; readonly regex: RegExp }[] {
  return rules.flatMap((rule) => rule.regex === null ? [] : [{ rule, regex: new RegExp(printRegex(rule.regex.root), 'g') }])
}
