import type { CredentialRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { expiryOf, expiryText } from '../format/dates.ts'
import { keyOfRow, shortName } from '../format/names.ts'
import { cx } from '../ui/cx.ts'
import { severityVariable } from '../ui/severity.tsx'
import { useNow } from '../ui/time.tsx'
import { ValidityStrip } from './validity-strip.tsx'

function Joint({ broken }: { broken: boolean }): ReactNode {
  return (
    <svg aria-hidden viewBox="0 0 36 20" className="h-5 w-8 shrink-0 self-center max-sm:rotate-90">
      <line x1={2} y1={10} x2={30} y2={10} stroke={broken ? 'var(--critical)' : 'var(--bar-strong)'} strokeWidth={1.5} strokeDasharray={broken ? '3 3' : undefined} />
      {broken ? <path d="M14 5l8 10M22 5l-8 10" stroke="var(--critical)" strokeWidth={1.5} /> : <path d="M27 6l5 4-5 4" fill="none" stroke="var(--bar-strong)" strokeWidth={1.5} strokeLinejoin="round" strokeLinecap="round" />}
    </svg>
  )
}

function Box({ row, role, current }: { row: CredentialRow; role: string; current: boolean }): ReactNode {
  const now = useNow()
  const state = row.notAfter === null ? 'fine' : expiryOf(row.notAfter, now, row.notBefore)
  const bad = state === 'expired' || row.worstSeverity === 'critical'
  const colour = bad ? 'var(--critical)' : row.worstSeverity === 'high' ? severityVariable.high : null
  return (
    <Link
      to="/inventory/$id"
      params={{ id: row.id }}
      className={cx('flex min-w-0 grow flex-col gap-1 rounded-md bg-raised px-3 py-2.5 ring-1 ring-inset hover:bg-hover', current ? 'ring-accent' : 'ring-line-strong')}
      {...(colour === null ? {} : { style: { boxShadow: `inset 0 0 0 1px ${colour}` } })}
    >
      <span className="flex items-center justify-between gap-2 text-2xs text-ink-3">
        {role}
        {bad || colour !== null ? <span style={{ color: colour ?? undefined }} className="font-medium">{state === 'expired' ? 'Expired' : `${row.findingCount} ${row.findingCount === 1 ? 'finding' : 'findings'}`}</span> : null}
      </span>
      <span className="truncate font-medium" title={row.name}>{row.name}</span>
      <span className="truncate text-xs text-ink-2">{keyOfRow(row)}{row.notAfter === null ? '' : ` · ${expiryText(row.notAfter, now)}`}</span>
      <ValidityStrip notBefore={row.notBefore} notAfter={row.notAfter} width={104} />
    </Link>
  )
}

/**
 * A chain from leaf to root as linked boxes, with problems marked where they occur. `complete` tells whether the last
 * certificate signed itself; without it the missing issuer is drawn as a gap.
 */
export function Chain({ rows, complete, currentId }: { rows: readonly CredentialRow[]; complete: boolean | null; currentId: string }): ReactNode {
  const last = rows.at(-1)
  if (last === undefined) return null
  const role = (index: number): string => (index === 0 ? (rows.length === 1 && complete === true ? 'Self-signed' : 'Leaf') : index === rows.length - 1 && complete === true ? 'Root' : 'Intermediate')
  return (
    <ol aria-label="Certificate chain, leaf first" className="flex flex-wrap items-stretch gap-y-3">
      {rows.map((row, index) => (
        <li key={row.id} className={cx('flex max-w-60 min-w-32 flex-1 items-stretch max-sm:max-w-none max-sm:min-w-full max-sm:flex-col', index > 0 && 'min-w-40')}>
          {index === 0 ? null : <Joint broken={false} />}
          <Box row={row} role={role(index)} current={row.id === currentId} />
        </li>
      ))}
      {complete === false ? (
        <li className="flex max-w-60 min-w-40 flex-1 items-stretch">
          <Joint broken />
          <div className="flex min-w-0 grow flex-col justify-center gap-1 rounded-md border border-dashed border-critical px-3 py-2.5">
            <span className="text-2xs font-medium text-critical">Issuer not found</span>
            <span className="truncate" title={last.issuer ?? ''}>{shortName(last.issuer ?? '')}</span>
            <span className="text-xs text-ink-3">Never seen in any scan</span>
          </div>
        </li>
      ) : null}
    </ol>
  )
}
