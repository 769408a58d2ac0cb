import type { ReactNode } from 'react'
import { elapsedShare, expiryOf, expiryText } from '../format/dates.ts'
import { useNow } from '../ui/time.tsx'

const colours = { expired: 'var(--critical)', urgent: 'var(--critical)', soon: 'var(--high)', fine: 'var(--bar-strong)' } as const

/** A lifetime as a strip: what is over is pale, what remains is drawn, coloured by how close the end is. */
export function ValidityStrip({ notBefore, notAfter, width = 64 }: { notBefore: string | null; notAfter: string | null; width?: number }): ReactNode {
  const now = useNow()
  if (notAfter === null) return <svg aria-hidden width={width} height={6}><line x1={0} x2={width} y1={3} y2={3} stroke="var(--line-strong)" strokeDasharray="2 3" /></svg>
  const share = elapsedShare(notBefore, notAfter, now) ?? 0
  const state = expiryOf(notAfter, now, notBefore)
  const at = Math.round(share * width)
  return (
    <svg role="img" aria-label={`${Math.floor(share * 100)} % of its lifetime is over, ends ${expiryText(notAfter, now)}`} width={width} height={6} className="shrink-0">
      <rect width={width} height={6} rx={1.5} fill="var(--line)" />
      {state === 'expired' ? <rect width={width} height={6} rx={1.5} fill={colours.expired} opacity={0.35} /> : <rect x={Math.min(at, width - 2)} width={Math.max(2, width - at)} height={6} rx={1.5} fill={colours[state]} />}
    </svg>
  )
}
