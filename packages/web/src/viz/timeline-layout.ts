/** A bar of the expiry timeline in its own units: x from 0 to 1, height from 0 to 1. */
export type Bar = { readonly month: string; readonly count: number; readonly x: number; readonly width: number; readonly height: number }
export type Step = { readonly from: string; readonly maxDays: number }
/** A stretch of the timeline in which one limit is in force. `from` is null where it began before the first month. */
export type Regime = { readonly maxDays: number; readonly x: number; readonly width: number; readonly from: string | null }

/** The nice round number at or above `value` that an axis ends with: 1, 2, 5 times a power of ten; 1 for nothing. */
export function axisTop(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value)!
}

/** Bars of equal width, as high as their count against {@link axisTop} of the highest. */
export function barsOf(months: readonly { month: string; count: number }[]): { bars: Bar[]; top: number } {
  const top = axisTop(Math.max(0, ...months.map((entry) => entry.count)))
  const width = months.length === 0 ? 0 : 1 / months.length
  return { top, bars: months.map((entry, index) => ({ ...entry, x: index * width, width, height: entry.count / top })) }
}

/** Where an instant lies between the begin of the first month (0) and the end of the last (1); may be outside. */
export function positionOf(instant: string, months: readonly string[]): number {
  const at = new Date(instant)
  const [year, month] = (months[0] ?? '1970-01').split('-').map(Number) as [number, number]
  const whole = (at.getUTCFullYear() - year) * 12 + (at.getUTCMonth() - (month - 1))
  const begin = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)
  const end = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)
  return (whole + (at.getTime() - begin) / (end - begin)) / Math.max(1, months.length)
}

/** The limits in force along the timeline, in order; steps outside its 24 months are left out, save the one it begins in. */
export function regimesOf(steps: readonly Step[], months: readonly string[]): Regime[] {
  const sorted = steps.toSorted((a, b) => a.from.localeCompare(b.from)).map((step) => ({ ...step, at: positionOf(step.from, months) }))
  const regimes: Regime[] = []
  for (const [index, step] of sorted.entries()) {
    const until = Math.min(1, sorted[index + 1]?.at ?? 1)
    const from = Math.max(0, step.at)
    if (until <= 0 || from >= 1 || until <= from) continue
    regimes.push({ maxDays: step.maxDays, x: from, width: until - from, from: step.at > 0 ? step.from : null })
  }
  return regimes
}

/** The next step after the last month; null when none is known. */
export function stepBeyond(steps: readonly Step[], months: readonly string[]): Step | null {
  return steps.toSorted((a, b) => a.from.localeCompare(b.from)).find((step) => positionOf(step.from, months) >= 1) ?? null
}
