import type { Overview } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { CSSProperties, ReactNode } from 'react'
import { countText, kindNames } from '../../format/names.ts'
import { cx } from '../../ui/cx.ts'

function Figure({ label, value, note, to, search, bad = false }: { label: string; value: number; note?: string | undefined; to: string; search?: Record<string, unknown>; bad?: boolean }): ReactNode {
  return (
    <Link to={to} search={search ?? {}} className="group -mx-2 -my-1 rounded-md px-2 py-1 hover:bg-hover">
      <span className="block text-xs whitespace-nowrap text-ink-3 group-hover:text-ink-2">{label}</span>
      <span className={cx('block text-xl font-semibold tracking-tight', bad && 'text-critical')}>{countText(value)}</span>
      <span className="block h-4 text-xs whitespace-nowrap text-ink-3">{note}</span>
    </Link>
  )
}

const IN_A_ROW = 10

/** How many of everything there are. */
export function Figures({ overview }: { overview: Overview }): ReactNode {
  const undecided = overview.secrets.find((entry) => entry.state === 'new')?.count ?? 0
  const kinds = overview.kinds.filter((entry) => entry.count > 0)
  const figures = kinds.length + (overview.sources === 0 ? 5 : 6)
  // One full row where it fits, else two of the same length: a straggler looks like something of its own.
  const perRow = figures <= IN_A_ROW ? figures : Math.ceil(figures / 2)
  return (
    <div className="grid grid-cols-4 gap-x-2 gap-y-4 max-sm:grid-cols-3 lg:grid-cols-6 xl:grid-cols-[repeat(var(--per-row),minmax(0,1fr))]" style={{ '--per-row': perRow } as CSSProperties}>
      {kinds.map((entry) => (
        <Figure key={entry.kind} label={kindNames[entry.kind][1]} value={entry.count} note={entry.kind === 'secret' && undecided > 0 ? `${countText(undecided)} undecided` : entry.newThisWeek > 0 ? `+${countText(entry.newThisWeek)} this week` : undefined} to="/inventory" search={{ kind: [entry.kind] }} />
      ))}
      <Figure label="Machines" value={overview.machines} to="/machines" />
      {overview.sources === 0 ? null : <Figure label="Sources" value={overview.sources} to="/sources" />}
      <Figure label="Endpoints" value={overview.endpoints} to="/endpoints" />
      <Figure label="Identities" value={overview.identities} to="/machines" />
      <Figure label="Expired" value={overview.expired} bad={overview.expired > 0} to="/inventory" search={{ rule: 'x509.expired' }} />
      <Figure label="Without owner" value={overview.unowned} to="/inventory" search={{ unowned: true }} />
    </div>
  )
}
