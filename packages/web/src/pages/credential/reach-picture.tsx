import type { CredentialDetail, LocationRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMore } from '../../api/more.ts'
import { kindNames, pluralText } from '../../format/names.ts'
import { secretTitle } from '../../format/secret-names.ts'
import { cx } from '../../ui/cx.ts'
import { FindingCount } from '../../ui/severity.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Expiry } from '../../ui/time.tsx'
import { Flow } from '../../viz/flow.tsx'
import { reachOf, type ReachBox } from './reach.ts'

const frame = 'flex h-11 min-w-0 flex-col justify-center rounded-md px-2.5 ring-1 ring-inset'
const rings = { plain: 'ring-line-strong', warn: 'ring-high', bad: 'ring-critical' } as const

function Box({ box }: { box: ReachBox }): ReactNode {
  const text = (
    <>
      <span className={cx('truncate leading-[18px] font-medium', box.tone === 'warn' && 'text-high', box.tone === 'bad' && 'text-critical')}>{box.name}</span>
      <span className="truncate text-xs text-ink-3">{box.role}{box.note === '' ? '' : ` · ${box.note}`}</span>
    </>
  )
  const title = `${box.role}: ${box.name}${box.note === '' ? '' : `, ${box.note}`}`
  return box.link === null ? <div title={title} className={cx(frame, rings[box.tone])}>{text}</div> : <Link to={box.link.to} params={{ id: box.link.id }} title={title} className={cx(frame, rings[box.tone], 'bg-raised hover:bg-hover')}>{text}</Link>
}

/** Where the credential is, what whoever has it gets, and who answers for it, as one small picture. */
export function ReachPicture({ detail }: { detail: CredentialDetail }): ReactNode {
  const { row } = detail
  // The same page the list of places below reads.
  const locations = useMore<LocationRow>('listCredentialLocations', { params: { id: row.id } }, 50)
  if (locations.pending) return <Skeleton className="h-24 w-full" />
  const reach = reachOf(detail, locations.rows, locations.more === null)
  const places = [
    ...reach.places.map((box) => <Box key={box.key} box={box} />),
    ...(reach.more > 0 ? [<span key="more" className="px-2.5 text-xs text-ink-3">and {pluralText(reach.more, 'more machine or source', 'more machines and sources')}</span>] : []),
    ...(reach.places.length === 0 ? [<span key="none" className="px-2.5 text-xs text-ink-3">{row.goneAt === null ? 'Only named in lists of keys: no scan has seen who holds it' : 'Nowhere any more'}</span>] : []),
  ]
  return (
    <Flow
      label="Where it is, what it opens and who answers for it"
      left={{ title: 'Where it is', items: places }}
      right={{ title: 'What it opens and who answers for it', items: reach.beyond.map((box) => <Box key={box.key} box={box} />) }}
      middle={
        <div className="flex min-w-0 flex-col gap-0.5 rounded-md bg-selected px-3 py-2.5 ring-1 ring-accent ring-inset">
          <span className="flex items-center justify-between gap-2 text-2xs text-ink-2">{kindNames[row.kind][0]}<FindingCount worst={row.worstSeverity} count={row.findingCount} /></span>
          <span className="truncate font-medium" title={row.name}>{row.kind === 'secret' ? secretTitle(row) : row.name === '' ? 'No name' : row.name}</span>
          <span className="truncate text-xs text-ink-2">{row.notAfter === null ? 'does not expire by itself' : <>expires <Expiry at={row.notAfter} from={row.notBefore} /></>}</span>
        </div>
      }
    />
  )
}
