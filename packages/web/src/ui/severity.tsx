import type { Severity } from '@muster/core'
import type { ReactNode } from 'react'
import { capital } from '../format/names.ts'
import { cx } from './cx.ts'

const severityText = { critical: 'text-critical', high: 'text-high', medium: 'text-medium', low: 'text-low', info: 'text-info' } as const satisfies Record<Severity, string>
export const severityFill = { critical: 'bg-critical', high: 'bg-high', medium: 'bg-medium', low: 'bg-low', info: 'bg-info' } as const satisfies Record<Severity, string>
export const severityVariable = { critical: 'var(--critical)', high: 'var(--high)', medium: 'var(--medium)', low: 'var(--low)', info: 'var(--info)' } as const satisfies Record<Severity, string>

const heights = { critical: 5, high: 4, medium: 3, low: 2, info: 1 } as const satisfies Record<Severity, number>

/** Five ascending steps, filled to the severity: told apart by shape, not by colour alone. */
export function SeverityGlyph({ severity, className }: { severity: Severity; className?: string }): ReactNode {
  return (
    <svg aria-hidden viewBox="0 0 14 10" className={cx('h-2.5 w-3.5 shrink-0', severityText[severity], className)}>
      {[0, 1, 2, 3, 4].map((step) => (
        <rect key={step} x={step * 3} y={8 - step * 2} width={2} height={2 + step * 2} rx={0.5} fill="currentColor" opacity={step < heights[severity] ? 1 : 0.22} />
      ))}
    </svg>
  )
}

/** The severity in words with its glyph. */
export function SeverityMark({ severity, count }: { severity: Severity; count?: number }): ReactNode {
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap', severityText[severity])}>
      <SeverityGlyph severity={severity} />
      {capital(severity)}
      {count === undefined ? null : <span className="font-normal text-ink-2">{count}</span>}
    </span>
  )
}

/** Open findings of a row: the worst one's glyph and how many there are. */
export function FindingCount({ worst, count }: { worst: Severity | null; count: number }): ReactNode {
  if (worst === null || count === 0) return <span className="text-ink-3">–</span>
  return (
    <span className={cx('tabular inline-flex items-center gap-1.5 text-sm', severityText[worst])} title={`${count} open, worst ${worst}`}>
      <SeverityGlyph severity={worst} />
      <span className="sr-only">{worst}</span>
      {count}
    </span>
  )
}
