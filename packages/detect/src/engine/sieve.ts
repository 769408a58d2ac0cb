import type { RegexNode } from '../regex/ast.ts'
import type { ByteSet } from '../regex/byte-set.ts'
import { SIEVE_ACCEPTS, SIEVE_REJECTS } from './kernel-code.ts'

/** More states than this are not made; what follows the last ones may be anything. */
const MAX_STATES = 160
/** More turns of a repetition than this are not told apart. */
const MAX_TURNS = 24
const MAX_STEPS = 4_000

/** A step of a nondeterministic automaton: over a byte of a set, to either of two steps, or done. */
type Step = { readonly set: ByteSet; readonly next: number } | { readonly next: number; readonly other: number } | null

/**
 * A deterministic automaton that tells early that a pattern does not match where it begins: it lets through every match and little else. What a pattern
 * insists on between bytes and the bounds of its repetitions are left out, and what comes after many states is not looked at. Null where it would not tell anything.
 *
 * As the kernel reads it: by byte its column (256 bytes), then rows of 16-bit distances from the first row, in bytes.
 */
export function sieveOf(body: RegexNode): Uint16Array<ArrayBuffer> | null {
  const steps: Step[] = [null]
  const start = compiled(body, 0, steps)
  if (start === null) return null
  const { columns, width, samples } = columnsOf(steps)
  if (width > 127) return null
  const first = closure([start], steps)
  if (first === null) return null
  const known = new Map<string, number>([[first.join(), 0]])
  const sets = [first]
  const rows: number[] = []
  for (let index = 0; index < sets.length; index++) {
    for (let column = 0; column < width; column++) {
      const reached = sets[index]!.flatMap((at) => {
        const step = steps[at]!
        return 'set' in step && step.set[samples[column]!] === 1 ? [step.next] : []
      })
      rows.push(reached.length === 0 ? SIEVE_REJECTS : stateOf(closure(reached, steps), sets, known, width))
    }
  }
  const sieve = new Uint16Array(128 + rows.length)
  const bytes = new Uint8Array(sieve.buffer)
  for (let byte = 0; byte < 256; byte++) bytes[byte] = columns[byte]! * 2
  sieve.set(rows, 128)
  return sieve
}

function stateOf(set: readonly number[] | null, sets: (readonly number[])[], known: Map<string, number>, width: number): number {
  if (set === null) return SIEVE_ACCEPTS
  const key = set.join()
  const state = known.get(key)
  if (state !== undefined) return state
  if (sets.length >= MAX_STATES) return SIEVE_ACCEPTS
  const made = sets.length * width * 2
  known.set(key, made)
  sets.push(set)
  return made
}

/** The steps over bytes that can come next, ascending; null where the pattern can be done. */
function closure(from: readonly number[], steps: readonly Step[]): readonly number[] | null {
  const seen = new Set<number>()
  const open = [...from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const step = steps[at]!
    if (step === null) return null
    if ('other' in step) open.push(step.next, step.other)
  }
  return [...seen].filter((at) => 'set' in steps[at]!).sort((a, b) => a - b)
}

/** Adds the steps of `node` in front of the step `then` and returns the first of them; null where there would be too many. */
function compiled(node: RegexNode, then: number | null, steps: Step[]): number | null {
  if (then === null || steps.length > MAX_STEPS) return null
  switch (node.type) {
    case 'set': return steps.push({ set: node.set, next: then }) - 1
    case 'place': return then
    case 'capture': return compiled(node.body, then, steps)
    case 'concat': return node.parts.reduceRight<number | null>((next, part) => compiled(part, next, steps), then)
    case 'alternation': return node.options.map((option) => compiled(option, then, steps)).reduce((other, next) => next === null || other === null ? null : steps.push({ next, other }) - 1)
    case 'repeat': {
      // After so many turns it counts as done with the whole pattern.
      if (node.min > MAX_TURNS) return repeated(node.body, MAX_TURNS, 0, steps)
      if (node.max === 0) return then
      if (node.min === 0 && node.max === 1) return optional(node.body, then, steps)
      if (node.max === node.min) return repeated(node.body, node.min, then, steps)
      const again = steps.push(null) - 1
      const body = compiled(node.body, again, steps)
      if (body === null) return null
      steps[again] = { next: body, other: then }
      return repeated(node.body, node.min, again, steps)
    }
  }
}

function repeated(node: RegexNode, turns: number, then: number, steps: Step[]): number | null {
  let next: number | null = then
  for (let turn = 0; turn < turns; turn++) next = compiled(node, next, steps)
  return next
}

function optional(node: RegexNode, then: number, steps: Step[]): number | null {
  const next = compiled(node, then, steps)
  return next === null ? null : steps.push({ next, other: then }) - 1
}

/** By byte its column, and a byte of each: bytes that every set holds or leaves out together share one. */
function columnsOf(steps: readonly Step[]): { readonly columns: Uint8Array; readonly width: number; readonly samples: readonly number[] } {
  let columns = new Uint8Array(256)
  let width = 1
  for (const set of new Set(steps.flatMap((step) => step !== null && 'set' in step ? [step.set] : []))) {
    const renamed = new Map<number, number>()
    const next = new Uint8Array(256)
    for (let byte = 0; byte < 256; byte++) {
      const key = columns[byte]! * 2 + set[byte]!
      const column = renamed.get(key) ?? renamed.size
      renamed.set(key, column)
      next[byte] = column
    }
    columns = next
    width = renamed.size
  }
  return { columns, width, samples: Array.from({ length: width }, (_, column) => columns.indexOf(column)) }
}
