/** Where the time comes from. Only the composition root holds a clock that reads the system's. */
export type Clock = {
  /** The current instant. */
  readonly now: () => Date
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands at `start` until it is moved; for tests. */
export function manualClock(start: Date | string): Clock & { advance(milliseconds: number): void; set(to: Date | string): void } {
  let current = new Date(start).getTime()
  return {
    now: () => new Date(current),
    advance: (milliseconds) => { current += milliseconds },
    set: (to) => { current = new Date(to).getTime() },
  }
}

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/**
 * Whole seconds until `notAfter`; negative once expired. The notAfter second itself is still valid (RFC 5280 §4.1.2.5).
 */
export function secondsLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / SECOND_MS)
}

/** Whole days until `notAfter`, rounded towards zero: −0.5 days is 0 days ago, never "1 day ago". */
export function daysLeft(notAfter: Date, now: Date): number {
  const days = Math.trunc((notAfter.getTime() - now.getTime()) / DAY_MS)
  return days === 0 ? 0 : days
}
