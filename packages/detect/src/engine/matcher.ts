import type { Plan } from './plan.ts'

/** One match: offsets in the text it was found in, and the secret's place within the same text. */
export type Match = { readonly start: number; readonly end: number; readonly secretStart: number; readonly secretEnd: number }

/**
 * What a pattern is tried on: `text` has one character per byte; matches begin at `lastEnd` or later, and `complete` says that the text's end is
 * the file's.
 */
export type Region = { readonly text: string; readonly complete: boolean }

/** Told of each attempt; false ends the work. */
export type Allowance = () => boolean

/**
 * The leftmost matches, none overlapping, that begin at `from` or later; `anchors` are the offsets of the plan's anchors in the text, ascending.
 * Equal to applying the pattern to the whole text again and again, except that a match of a pattern without a bound ends with its window.
 */
export function matchesOf(plan: Plan, region: Region, anchors: readonly number[], from: number, allowed: Allowance): Match[] {
  switch (plan.strategy) {
    case 'sticky': return plan.bounded ? atAnchors(plan, region, anchors, from, allowed) : inWindows(plan, region, anchors, from, allowed)
    case 'window': return inWindows(plan, region, anchors, from, allowed)
    case 'whole': return overText(plan, region, from, allowed)
  }
}

function atAnchors(plan: Plan, { text }: Region, anchors: readonly number[], from: number, allowed: Allowance): Match[] {
  const matches: Match[] = []
  const { regex, lo } = plan
  let lastEnd = from
  for (const anchor of anchors) {
    const start = anchor - lo
    if (start < lastEnd) continue
    if (!allowed()) return matches
    regex.lastIndex = start
    if (!regex.test(text)) continue
    const match = located(plan, text, 0, start, lastEnd)
    matches.push(match)
    lastEnd = Math.max(match.end, start + 1)
  }
  return matches
}

/** Tries a slice around each anchor: as far back as a match can begin, as far on as it can reach. */
function inWindows(plan: Plan, { text, complete }: Region, anchors: readonly number[], from: number, allowed: Allowance): Match[] {
  const matches: Match[] = []
  const { regex, lo, hi, reach } = plan
  let lastEnd = from
  for (const anchor of anchors) {
    const latest = anchor - lo
    // One byte before (and the prefix), for what looks back at a boundary; one behind, for what looks ahead.
    const sliceStart = Math.max(0, anchor - hi - 1 - (plan.prefix?.max ?? 0), lastEnd - 1)
    const sliceEnd = Math.min(text.length, latest + reach + 1)
    if (latest < lastEnd) continue
    const slice = text.slice(sliceStart, sliceEnd)
    for (let start = Math.max(lastEnd, anchor - hi, 0); start <= latest; start++) {
      if (!allowed()) return matches
      regex.lastIndex = start - sliceStart
      if (!regex.test(slice)) continue
      const found = located(plan, slice, sliceStart, start, lastEnd)
      const cut = sliceEnd < text.length || !complete
      if (found.end === found.matchStart || (found.end === sliceEnd && cut && plan.looksAtEnd)) continue
      matches.push(found)
      lastEnd = found.end
      start = lastEnd - 1
    }
  }
  return matches
}

function overText(plan: Plan, { text }: Region, from: number, allowed: Allowance): Match[] {
  const matches: Match[] = []
  const { regex } = plan
  for (let lastEnd = from; lastEnd < text.length;) {
    if (!allowed()) return matches
    regex.lastIndex = lastEnd
    if (!regex.test(text)) break
    const found = located(plan, text, 0, lastEnd, lastEnd)
    if (found.end > found.matchStart) matches.push(found)
    lastEnd = Math.max(found.end, found.matchStart + 1)
  }
  return matches
}

const indexed = new WeakMap<RegExp, RegExp>()

/** The same pattern with the places of groups; few of the rules ever match. */
function withIndices(regex: RegExp): RegExp {
  const known = indexed.get(regex)
  if (known !== undefined) return known
  const made = new RegExp(regex.source, `${regex.flags}d`)
  indexed.set(regex, made)
  return made
}

/** Runs the pattern once more, for the places of groups, where it is known to match. */
function located(plan: Plan, text: string, offset: number, at: number, lastEnd: number): Match & { readonly matchStart: number } {
  const { regex, prefix, rule } = plan
  const regexWithIndices = withIndices(regex)
  regexWithIndices.lastIndex = at - offset
  const found = regexWithIndices.exec(text)
  if (found?.indices === undefined) throw new TypeError(`the rule ${rule.id} does not match where it matched`)
  const [matchStart, end] = found.indices[0]!
  const groups = found.indices.slice(1)
  const group = rule.secretGroup > 0 ? groups[rule.secretGroup - 1] : groups.find((pair) => pair !== undefined && pair[1] > pair[0])
  let [secretStart, secretEnd] = group ?? [matchStart, end]
  if (group === undefined) {
    while (secretStart < secretEnd && text[secretStart] === '\n') secretStart++
    while (secretEnd > secretStart && text[secretEnd - 1] === '\n') secretEnd--
  }
  let start = matchStart
  if (prefix !== null) {
    const floor = Math.max(0, lastEnd - offset, matchStart - prefix.max)
    while (start > floor && prefix.set[text.charCodeAt(start - 1)] === 1) start--
  }
  return { start: start + offset, matchStart: matchStart + offset, end: end + offset, secretStart: secretStart + offset, secretEnd: secretEnd + offset }
}
