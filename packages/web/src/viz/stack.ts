import { severities } from '@muster/core'
import type { Overview } from '@muster/core/api'

/**
 * Columns for a stacked chart: days as Unix seconds, then for each severity, worst first, the sum of it and everything
 * milder, so that the first line is the total and the worst lies on top.
 */
export function stackOf(trend: Overview['trend']): number[][] {
  const days = trend.map((entry) => Date.parse(`${entry.day}T00:00:00Z`) / 1000)
  const lines = severities.map((_, index) => trend.map((entry) => severities.slice(index).reduce((sum, severity) => sum + (entry.counts[severity] ?? 0), 0)))
  return [days, ...lines]
}
