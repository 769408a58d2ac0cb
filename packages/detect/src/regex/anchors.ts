import { flatten, lengthsOf, type RegexNode } from './ast.ts'
import { bytesOf, literalByte, lowerByte, sizeOf, type ByteSet } from './byte-set.ts'

/** Lower-case texts of which every match holds one, `lo` to `hi` bytes after its start. */
export type Anchors = {
  readonly texts: readonly string[]
  readonly lo: number
  readonly hi: number
  /** A lazy `[class]{0,n}?` in front of the anchors that is left out of `body`; how far a match reaches back is read from the text. */
  readonly prefix: { readonly set: ByteSet; readonly max: number } | null
  /** What is to be matched: the pattern without `prefix`. */
  readonly body: RegexNode
}

const MAX_TEXT = 12
const MAX_TEXTS = 400
const MIN_TEXT = 2
/** A longer literal is worth no more, in bytes. */
const MAX_WORTH = 8
/** A class of at most this many bytes (cases folded) is spelled out. */
const MAX_SPELLED = 3
/** Farther than this from the start of the match an anchor does not help. */
const MAX_OFFSET = 400

/** Anchors of several ways that vary more than this in their distance mean more tries than every byte does. */
const MAX_SPREAD = 32

type Expansion = { readonly text: string; readonly complete: boolean }

/**
 * The best place to start matching from: the longest and least ambiguous literals at a fixed distance from the start, or behind a lazy
 * prefix class; null where the pattern has none of two bytes or more.
 */
export function findAnchors(root: RegexNode): Anchors | null {
  const whole = bestPlace(root)
  const { prefix, body } = withoutLazyPrefix(root)
  if (prefix === null) return whole?.anchors ?? null
  const stripped = bestPlace(body)
  if (stripped === null || stripped.anchors.lo !== 0 || stripped.anchors.hi !== 0) return whole?.anchors ?? null
  return { ...stripped.anchors, prefix, body }
}

/** The pattern without a `[class]{0,n}?` at its front, and any more of the same class right behind it, as patterns made of parts have them. */
export function withoutLazyPrefix(root: RegexNode): { readonly prefix: Anchors['prefix']; readonly body: RegexNode } {
  const parts = rowOf(root)
  let max = 0
  let count = 0
  let set: ByteSet | null = null
  for (const part of parts) {
    if (part.type !== 'repeat' || !part.lazy || part.min !== 0 || part.max === Infinity || part.body.type !== 'set') break
    const own: ByteSet = part.body.set
    if (set !== null && !set.every((flag, byte) => flag === own[byte])) break
    set = own
    max += part.max
    count++
  }
  return set === null ? { prefix: null, body: root } : { prefix: { set, max }, body: { type: 'concat', parts: parts.slice(count) } }
}

/** The parts of a row, those of rows within among them; groups stay whole, for their numbers count. */
function rowOf(node: RegexNode): readonly RegexNode[] {
  return node.type === 'concat' ? node.parts.flatMap(rowOf) : [node]
}

function bestPlace(root: RegexNode): { readonly anchors: Anchors; readonly worth: number } | null {
  const parts = flatten(root)
  let lo = 0
  let hi = 0
  let best: { readonly anchors: Anchors; readonly worth: number } | null = null
  for (let i = 0; i < parts.length && hi <= MAX_OFFSET; i++) {
    // No place further on is worth more than this.
    if (best !== null && best.worth + 0.001 >= MAX_WORTH - spreadOf(lo, hi)) break
    const texts = [...new Set(expandAll(parts.slice(i)).map(({ text }) => text))]
    const shortest = Math.min(...texts.map((text) => text.length))
    if (shortest >= MIN_TEXT) {
      const worth = Math.min(shortest, MAX_WORTH) - spreadOf(lo, hi) - texts.length / 100
      if (best === null || worth > best.worth + 0.001) best = { anchors: { texts, lo, hi, prefix: null, body: root }, worth }
    }
    const length = lengthsOf(parts[i]!)
    lo += length.min
    hi += length.max
  }
  return best ?? placeInOptions(root, parts)
}

/** For patterns whose ways begin differently: each way's best place. */
function placeInOptions(root: RegexNode, parts: readonly RegexNode[]): ReturnType<typeof bestPlace> {
  let lo = 0
  let hi = 0
  for (const part of parts) {
    const places = part.type === 'alternation' ? part.options.map((option) => bestPlace(option)?.anchors ?? null) : [null]
    const known = places.filter((place) => place !== null)
    const texts = [...new Set(known.flatMap((place) => place.texts))]
    const from = lo + Math.min(...known.map((place) => place.lo))
    const to = hi + Math.max(...known.map((place) => place.hi))
    if (known.length === places.length && texts.length > 0 && texts.length <= MAX_TEXTS && to <= MAX_OFFSET && to - from <= MAX_SPREAD) {
      return { anchors: { texts, lo: from, hi: to, prefix: null, body: root }, worth: Math.min(...texts.map(({ length }) => length), MAX_WORTH) - spreadOf(from, to) - texts.length / 100 }
    }
    const length = lengthsOf(part)
    lo += length.min
    hi += length.max
    if (hi > MAX_OFFSET) break
  }
  return null
}

const spreadOf = (lo: number, hi: number): number => lo === hi ? 0 : 3 + Math.log2(1 + hi - lo) / 2

/** Every way the parts can begin, as far as they are literal. */
function expandAll(parts: readonly RegexNode[]): readonly Expansion[] {
  let all: readonly Expansion[] = [{ text: '', complete: true }]
  for (const part of parts) {
    if (!all.some(({ text, complete }) => complete && text.length < MAX_TEXT)) break
    const next = expand(part)
    const crossed = all.flatMap((head) => head.complete && head.text.length < MAX_TEXT
      ? next.map((tail) => ({ text: (head.text + tail.text).slice(0, MAX_TEXT), complete: tail.complete && head.text.length + tail.text.length < MAX_TEXT }))
      : [{ text: head.text, complete: false }])
    if (crossed.length > MAX_TEXTS) return all.map(({ text }) => ({ text, complete: false }))
    all = crossed
  }
  return all
}

const OPEN: readonly Expansion[] = [{ text: '', complete: false }]

function expand(node: RegexNode): readonly Expansion[] {
  switch (node.type) {
    case 'place': return [{ text: '', complete: true }]
    case 'set': return expandSet(node.set)
    case 'capture': return expand(node.body)
    case 'concat': return expandAll(node.parts)
    case 'alternation': {
      const all = node.options.flatMap(expand)
      return all.length > MAX_TEXTS ? OPEN : all
    }
    case 'repeat': {
      const certain = expandAll(Array.from({ length: Math.min(node.min, MAX_TEXT) }, () => node.body))
      if (node.min === node.max) return certain
      if (node.min === 0) return node.max === 1 ? [{ text: '', complete: true }, ...expand(node.body)] : OPEN
      return certain.map(({ text }) => ({ text, complete: false }))
    }
  }
}

/** Rules are made of the same sets again and again. */
const expanded = new WeakMap<ByteSet, readonly Expansion[]>()

function expandSet(set: ByteSet): readonly Expansion[] {
  const known = expanded.get(set)
  if (known !== undefined) return known
  const expansions = expansionsOf(set)
  expanded.set(set, expansions)
  return expansions
}

function expansionsOf(set: ByteSet): readonly Expansion[] {
  if (sizeOf(set) > 2 * MAX_SPELLED) return OPEN
  const one = literalByte(set)
  const bytes = one === null ? [...new Set(bytesOf(set).map(lowerByte))] : [one]
  return bytes.length === 0 || bytes.length > MAX_SPELLED ? OPEN : bytes.map((byte) => ({ text: String.fromCharCode(byte), complete: true }))
}
