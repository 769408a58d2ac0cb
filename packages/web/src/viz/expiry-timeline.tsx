import type { Overview } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { dayOf } from '../format/dates.ts'
import { countText, pluralText } from '../format/names.ts'
import { barsOf, regimesOf, stepBeyond, type Bar } from './timeline-layout.ts'
import { useWidth } from './use-width.ts'

const LANE = 44
const PLOT = 132
const AXIS = 22
const LEFT = 40
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const shortMonth = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })
const begin = (month: string): Date => new Date(`${month}-01T00:00:00Z`)
const after = (month: string): string => { const date = begin(month); return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString() }

function Axis({ bars, top, plot }: { bars: readonly Bar[]; top: number; plot: number }): ReactNode {
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line x1={LEFT} x2={LEFT + plot} y1={LANE + PLOT * (1 - share)} y2={LANE + PLOT * (1 - share)} stroke="var(--line)" />
          {share === 0 || top * share !== Math.floor(top * share) ? null : <text x={LEFT - 8} y={LANE + PLOT * (1 - share) + 4} textAnchor="end" fontSize={11} fill="var(--ink-3)">{countText(top * share)}</text>}
        </g>
      ))}
      {bars.map((bar) => {
        const january = bar.month.endsWith('-01')
        const x = LEFT + (bar.x + bar.width / 2) * plot
        // Where not every month has room, the quarters are named, and halves where those have none.
        if (plot / bars.length < 30 && !(plot < 480 ? /-0[17]$/ : /-(?:0[147]|10)$/).test(bar.month)) return null
        return <text key={bar.month} x={x} y={LANE + PLOT + 15} textAnchor="middle" fontSize={11} fill={january ? 'var(--ink)' : 'var(--ink-3)'} fontWeight={january ? 600 : 400}>{january ? bar.month.slice(0, 4) : shortMonth.format(begin(bar.month))}</text>
      })}
    </>
  )
}

/** How many certificates expire in each of the next 24 months, below the longest validity that may still be issued then. */
export function ExpiryTimeline({ expiry, steps, expired }: { expiry: Overview['expiry']; steps: Overview['validitySteps']; expired: number }): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>()
  const [hover, setHover] = useState<Bar | null>(null)
  const navigate = useNavigate()
  const plot = Math.max(0, width - LEFT)
  const months = expiry.map((entry) => entry.month)
  const { bars, top } = barsOf(expiry)
  const regimes = regimesOf(steps, months)
  const beyond = stepBeyond(steps, months)
  const total = expiry.reduce((sum, entry) => sum + entry.count, 0)
  const open = (bar: Bar): void => void navigate({ to: '/inventory', search: { kind: ['certificate'], expiresFrom: begin(bar.month).toISOString(), expiresBefore: after(bar.month) } })
  return (
    <div ref={ref} className="min-w-0">
      <div className="mb-2 flex h-5 items-baseline gap-4 text-xs text-ink-2" aria-live="off">
        {hover === null ? (
          <>
            <span><span className="font-medium text-ink">{countText(total)}</span> expire within 24 months</span>
            {expired === 0 ? null : <span className="text-critical">{countText(expired)} expired already</span>}
          </>
        ) : (
          <span><span className="font-medium text-ink">{monthName.format(begin(hover.month))}</span> · {pluralText(hover.count, 'certificate')}</span>
        )}
      </div>
      {width === 0 ? <div style={{ height: LANE + PLOT + AXIS }} /> : (
        // Leaving the picture only takes the month's caption back.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <svg width={width} height={LANE + PLOT + AXIS} role="group" aria-label={`Certificates by month of expiry, ${pluralText(total, 'certificate')} in 24 months`} onMouseLeave={() => setHover(null)}>
          {regimes.map((regime) => {
            const x = LEFT + regime.x * plot
            const height = Math.max(2, 14 * Math.min(1, regime.maxDays / 200))
            return (
              <g key={regime.maxDays}>
                <rect x={x} y={LANE - 10 - height} width={Math.max(0, regime.width * plot - 2)} height={height} fill="var(--accent)" opacity={0.22} />
                {regime.width * plot < 72 ? null : <text x={regime.from === null ? x : x + 5} y={12} fontSize={11} fill="var(--accent)" fontWeight={500}>≤ {regime.maxDays} days{regime.from === null || regime.width * plot < (beyond === null ? 190 : 400) ? '' : ` when issued from ${dayOf(regime.from)}`}</text>}
                {regime.from === null ? null : <line x1={x - 1} x2={x - 1} y1={2} y2={LANE + PLOT} stroke="var(--accent)" strokeWidth={1} strokeDasharray="2 3" />}
              </g>
            )
          })}
          {beyond === null || regimes.length === 0 || (regimes.at(-1)!.width * plot) < 240 ? null : <text x={LEFT + plot} y={12} textAnchor="end" fontSize={11} fill="var(--accent)">≤ {beyond.maxDays} days from {dayOf(beyond.from)} →</text>}
          <Axis bars={bars} top={top} plot={plot} />
          {bars.map((bar, index) => {
            const x = LEFT + bar.x * plot
            const slot = bar.width * plot
            const height = bar.count === 0 ? 0 : Math.max(2, bar.height * PLOT)
            return (
              <g
                key={bar.month}
                role="link"
                tabIndex={bar.count === 0 ? -1 : 0}
                aria-label={`${monthName.format(begin(bar.month))}: ${pluralText(bar.count, 'certificate')}`}
                onMouseEnter={() => setHover(bar)}
                onFocus={() => setHover(bar)}
                onClick={() => open(bar)}
                onKeyDown={(event) => event.key === 'Enter' && open(bar)}
                className="cursor-pointer"
              >
                <rect x={x} y={LANE} width={slot} height={PLOT} fill={hover?.month === bar.month ? 'var(--hover)' : 'transparent'} opacity={0.7} />
                <rect x={x + slot * 0.16} y={LANE + PLOT - height} width={slot * 0.68} height={height} rx={1.5} fill={index === 0 ? 'var(--high)' : hover?.month === bar.month ? 'var(--accent)' : 'var(--bar-strong)'} />
              </g>
            )
          })}
        </svg>
      )}
    </div>
  )
}
