import { MusterError } from '@muster/core/basis'
import type { RegexNode } from '../regex/ast.ts'
import { bytesOf } from '../regex/byte-set.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import type { Rule } from '../rule.ts'
import { type FullPlan, planRule, type Plan } from './plan.ts'

/** Steps a matcher may take per byte of hostile text. */
const MAX_STEPS_PER_BYTE = 1_500
/** Twice the text may cost at most this many times the steps before it counts as more than linear. */
const MAX_GROWTH = 2.8
const SHORT_TEXT = 1_024
const LONG_TEXT = 2_048

/** What a rule costs on the worst text found for it. */
export type Cost = { readonly stepsPerByte: number; readonly growth: number }

class OutOfSteps extends Error {}

/**
 * The worst of a family of hostile texts for one rule, counted in steps of a backtracking matcher that tries it where the engine would: deterministic,
 * no clock. `growth` is the cost of a text of 2 KiB over that of its first half; both are Infinity where counting was given up.
 */
export function costOf(rule: Rule): Cost {
  const plan = planRule(rule)
  let worst: Cost = { stepsPerByte: 0, growth: 0 }
  for (const filler of hostileTexts(plan)) {
    const short = stepsOn(plan, filler.slice(0, SHORT_TEXT))
    const long = stepsOn(plan, filler)
    const stepsPerByte = long / LONG_TEXT
    // Below this the text is too cheap for its growth to mean anything.
    const growth = stepsPerByte < 40 ? 0 : long / Math.max(short, 1)
    worst = { stepsPerByte: Math.max(worst.stepsPerByte, stepsPerByte), growth: Math.max(worst.growth, growth) }
    if (worst.stepsPerByte === Infinity) break
  }
  return worst
}

/** Steps per byte that `rule` takes on `text`, counted as {@link costOf} counts; Infinity where counting was given up. */
export function stepsPerByteOn(rule: Rule, text: string): number {
  return stepsOn(planRule(rule), text) / text.length
}

/** @throws MusterError config.invalid when hostile text can make the rule take more than linear time, or linear time with too high a factor. */
export function refuseCostly(rule: Rule): void {
  const { stepsPerByte, growth } = costOf(rule)
  if (stepsPerByte <= MAX_STEPS_PER_BYTE && growth <= MAX_GROWTH) return
  throw new MusterError('config.invalid', `the rule ${rule.id}: a hostile file could make its regex take too long; give it a literal to start from and bound its repetitions`, {
    rule: rule.id, stepsPerByte: Math.round(stepsPerByte), growth: Math.round(growth * 10) / 10,
  })
}

/** Texts of {@link LONG_TEXT} made to let the pattern begin often and fail late. */
function hostileTexts(plan: FullPlan): string[] {
  const random = seededRandom(1)
  const anchors = plan.anchors.length > 0 ? [plan.anchors[0]!, plan.anchors.at(-1)!] : ['']
  const sample = sampleRegex(plan.body, random)
  const fillers = [...new Set(['a', ' ', '0', '=', '"', ...classBytes(plan.body)])].slice(0, 12)
  const units = [
    ...fillers, ...anchors, ...anchors.flatMap((anchor) => fillers.map((filler) => anchor + filler)), sample, sample.slice(0, -1), `${sample.slice(0, -1)}\n`,
    ...fillers.slice(0, 5).map((filler) => sample.slice(0, -1) + filler), `${fillers.join('')}`, `${anchors[0]}${fillers.join('')}`,
  ]
  const heads = anchors.flatMap((anchor) => fillers.map((filler) => anchor + filler.repeat(LONG_TEXT)))
  return [...new Set([...units.filter((unit) => unit !== '').map((unit) => unit.repeat(Math.ceil(LONG_TEXT / unit.length))), ...heads])].map((text) => text.slice(0, LONG_TEXT))
}

/** One byte of each class that a repetition goes over. */
function classBytes(node: RegexNode, repeated = false): string[] {
  switch (node.type) {
    case 'set': return repeated ? bytesOf(node.set).filter((byte) => byte >= 0x20 && byte < 0x7f).slice(-1).map((byte) => String.fromCharCode(byte)) : []
    case 'place': return []
    case 'capture': return classBytes(node.body, repeated)
    case 'repeat': return classBytes(node.body, repeated || node.max > 1)
    case 'concat': return node.parts.flatMap((part) => classBytes(part, repeated))
    case 'alternation': return node.options.flatMap((option) => classBytes(option, repeated))
  }
}

function stepsOn(plan: FullPlan, text: string): number {
  const counter = { steps: 0, limit: text.length * MAX_STEPS_PER_BYTE * 2 }
  const matcher = new Backtracker(text, counter)
  try {
    let lastEnd = 0
    for (const start of startsIn(plan, text)) {
      if (start < lastEnd) continue
      counter.steps++
      lastEnd = matcher.end(plan.body, start) ?? lastEnd
    }
  } catch (error) {
    if (error instanceof OutOfSteps || error instanceof RangeError) return Infinity
    throw error
  }
  return counter.steps
}

/** Every place the engine may try the pattern at; around an anchor at a varying distance, every distance. */
function startsIn(plan: Plan, text: string): number[] {
  if (plan.strategy === 'whole') return Array.from({ length: text.length }, (_, at) => at)
  const lower = text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const isAnchor = new Uint8Array(lower.length + 1)
  for (const anchor of plan.anchors) for (let at = lower.indexOf(anchor); at >= 0; at = lower.indexOf(anchor, at + 1)) isAnchor[at] = 1
  const starts: number[] = []
  for (let at = isAnchor.indexOf(1); at >= 0 && at < lower.length; at = isAnchor.indexOf(1, at + 1)) {
    for (let distance = plan.hi; distance >= plan.lo; distance--) if (at - distance >= 0) starts.push(at - distance)
  }
  return starts
}

const wordBytes = Uint8Array.from({ length: 256 }, (_, byte) => Number(/\w/.test(String.fromCharCode(byte))))

/** A backtracking matcher that counts. Single classes are repeated in a loop, everything else by recursion. */
class Backtracker {
  readonly #text: string
  readonly #counter: { steps: number; readonly limit: number }

  constructor(text: string, counter: { steps: number; readonly limit: number }) {
    this.#text = text
    this.#counter = counter
  }

  /** Where the match at `at` ends, or null. */
  end(node: RegexNode, at: number): number | null {
    let end: number | null = null
    this.#match(node, at, (reached) => {
      end = reached
      return true
    })
    return end
  }

  #step(): void {
    if (++this.#counter.steps > this.#counter.limit) throw new OutOfSteps()
  }

  #match(node: RegexNode, at: number, then: (at: number) => boolean): boolean {
    this.#step()
    switch (node.type) {
      case 'set': return at < this.#text.length && node.set[this.#text.charCodeAt(at)] === 1 && then(at + 1)
      case 'place': return this.#at(node.place, at) && then(at)
      case 'capture': return this.#match(node.body, at, then)
      case 'concat': return this.#row(node.parts, 0, at, then)
      case 'alternation': return node.options.some((option) => this.#match(option, at, then))
      case 'repeat': return node.body.type === 'set' ? this.#run(node, node.body.set, at, then) : this.#repeat(node, 0, at, then)
    }
  }

  #row(parts: readonly RegexNode[], index: number, at: number, then: (at: number) => boolean): boolean {
    return index === parts.length ? then(at) : this.#match(parts[index]!, at, (next) => this.#row(parts, index + 1, next, then))
  }

  #run({ min, max, lazy }: { min: number; max: number; lazy: boolean }, set: Uint8Array, at: number, then: (at: number) => boolean): boolean {
    const more = (length: number) => {
      this.#step()
      return length < max && at + length < this.#text.length && set[this.#text.charCodeAt(at + length)] === 1
    }
    let length = 0
    while (length < min) {
      if (!more(length)) return false
      length++
    }
    if (lazy) {
      while (!then(at + length)) {
        if (!more(length)) return false
        length++
      }
      return true
    }
    while (more(length)) length++
    for (; length >= min; length--) if (then(at + length)) return true
    return false
  }

  #repeat(node: Extract<RegexNode, { type: 'repeat' }>, turns: number, at: number, then: (at: number) => boolean): boolean {
    const again = () => turns < node.max && this.#match(node.body, at, (next) => (next > at || turns < node.min) && this.#repeat(node, turns + 1, next, then))
    if (turns < node.min) return again()
    return node.lazy ? then(at) || again() : again() || then(at)
  }

  #at(place: Extract<RegexNode, { type: 'place' }>['place'], at: number): boolean {
    const isWord = (index: number) => wordBytes[this.#text.charCodeAt(index)] === 1
    switch (place) {
      case 'text-start': return at === 0
      case 'text-end': return at === this.#text.length
      case 'line-start': return at === 0 || this.#text[at - 1] === '\n'
      case 'line-end': return at === this.#text.length || this.#text[at] === '\n'
      case 'word-boundary': return isWord(at - 1) !== isWord(at)
      case 'not-word-boundary': return isWord(at - 1) === isWord(at)
    }
  }
}
