import type { Coverage } from '@muster/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { countText, pluralText } from '../../format/names.ts'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { StateDot } from '../../ui/state-dot.tsx'

type Scope = Coverage['scope']
const SHOWN = 40

function nameOf({ scope, machine }: Pick<Coverage, 'scope' | 'machine'>): string {
  switch (scope.kind) {
    case 'path': return scope.path === '' ? machine ?? 'Everything' : scope.path
    case 'holders': return `what ${scope.below} holds`
    case 'named': return `${scope.kinds.join(' and ')} of ${scope.scope}`
    case 'sockets': return `Listening sockets on ${scope.hosts.join(', ')}`
    case 'endpoints': return `${scope.hosts.length === 1 ? scope.hosts[0]! : pluralText(scope.hosts.length, 'address', 'addresses')} × ${scope.ports.length === 1 ? `port ${scope.ports[0]}` : pluralText(scope.ports.length, 'port')}`
  }
}
/** What of a scope was not looked at. */
function missing(scope: Scope): readonly string[] {
  return scope.kind === 'path' ? scope.unread : scope.kind === 'named' || scope.kind === 'holders' ? [] : scope.unanswered
}

/** Answered against unanswered, as a bar; only for endpoint scopes, whose size is known. */
function EndpointBar({ scope }: { scope: Extract<Scope, { kind: 'endpoints' }> }): ReactNode {
  const total = scope.hosts.length * scope.ports.length
  const silent = Math.min(total, scope.unanswered.length)
  const share = total === 0 ? 0 : ((total - silent) / total) * 100
  return (
    <div className="mt-1.5 flex items-center gap-3">
      <div role="img" aria-label={`${Math.floor(share)} % answered`} className="flex h-2 w-64 max-w-full gap-px overflow-hidden rounded-sm bg-line">
        <div className="bg-good" style={{ width: `${share}%` }} />
        {silent === 0 ? null : <div className="grow bg-high" />}
      </div>
      <span className="text-xs text-ink-3">{countText(total - silent)} of {countText(total)} gave an answer</span>
    </div>
  )
}

function Statement({ coverage, live }: { coverage: Coverage; live: boolean }): ReactNode {
  const { scope } = coverage
  const gaps = missing(scope)
  return (
    <li className="border-b border-line py-2.5">
      <div className="flex items-baseline gap-4">
        <span className={scope.kind === 'path' ? 'mono min-w-0 grow break-all' : 'min-w-0 grow'}>{nameOf(coverage)}{scope.kind === 'endpoints' ? <span className="text-ink-3"> · {scope.protocols.join(', ').toUpperCase()}</span> : null}</span>
        {scope.kind === 'path' ? <span className="shrink-0 text-xs text-ink-3">for {scope.lookedFor.join(' and ')}</span> : null}
        <span className="shrink-0 text-xs text-ink-3">as {coverage.rights.replace('user:', '')}</span>
        <span className="w-40 shrink-0"><StateDot tone={!coverage.complete && live ? 'busy' : !coverage.complete || gaps.length > 0 ? 'warn' : 'good'}>{!coverage.complete ? (live ? 'Being read' : 'Not to the end') : gaps.length > 0 ? `All but ${countText(gaps.length)}` : 'Read in full'}</StateDot></span>
      </div>
      {scope.kind === 'endpoints' ? <EndpointBar scope={scope} /> : null}
      {gaps.length === 0 ? null : (
        <details className="mt-1">
          <summary className="text-xs text-ink-2">{scope.kind === 'path' ? 'Not read' : 'No answer'}: {pluralText(gaps.length, 'place')}. Nothing there is marked as gone.</summary>
          <ul className="mono mt-1 columns-2 text-ink-2 max-sm:columns-1">{gaps.slice(0, SHOWN).map((place) => <li key={place} className="break-all">{place}</li>)}</ul>
          {gaps.length > SHOWN ? <p className="text-xs text-ink-3">and {countText(gaps.length - SHOWN)} more</p> : null}
        </details>
      )}
    </li>
  )
}

/** Places that were read to the end and hold no gap: most of a host scan, so they stand together. */
function ReadInFull({ places, lookedFor }: { places: readonly string[]; lookedFor: readonly string[] }): ReactNode {
  if (places.length === 0) return null
  return (
    <li className="border-b border-line py-2.5">
      <details>
        <summary>{pluralText(places.length, 'place')} read in full{lookedFor.length === 0 ? '' : ` for ${lookedFor.join(' and ')}`}</summary>
        <ul className="mono mt-2 columns-2 text-ink-2 max-sm:columns-1">{places.slice(0, 400).map((place) => <li key={place} className="break-all">{place}</li>)}</ul>
        {places.length > 400 ? <p className="text-xs text-ink-3">and {countText(places.length - 400)} more</p> : null}
      </details>
    </li>
  )
}

/** What a scan looked at, with which rights, and where it could not: gaps first. */
export function ScanCoverage({ id, live }: { id: string; live: boolean }): ReactNode {
  const coverage = useQuery({ ...routeQuery('getScanCoverage', { params: { id } }), refetchInterval: live ? 3000 : false })
  if (coverage.isPending) return <Skeleton className="h-16 w-full" />
  if (coverage.isError) return <Failure error={coverage.error} onRetry={() => void coverage.refetch()} />
  const { items } = coverage.data
  if (items.length === 0) return <p className="text-ink-3">{live ? 'Told when a part has been read.' : 'It read nothing of what it was to look at, so nothing is marked as gone.'}</p>
  const isFull = (entry: Coverage): boolean => entry.scope.kind !== 'endpoints' && entry.complete && missing(entry.scope).length === 0
  const full = items.filter(isFull)
  const partly = items.filter((entry) => !isFull(entry))
  return (
    <>
      <div className="mb-3 flex items-center gap-3">
        <div role="img" aria-label={`${full.length} of ${items.length} parts read in full`} className="flex h-2 w-64 max-w-full gap-px overflow-hidden rounded-sm bg-line">
          <div className="bg-good" style={{ width: `${(full.length / items.length) * 100}%` }} />
          {partly.length === 0 ? null : <div className={live ? 'grow bg-accent' : 'grow bg-high'} />}
        </div>
        <span className="text-xs text-ink-3">{countText(full.length)} of {pluralText(items.length, 'part')} read in full</span>
      </div>
      <ul className="border-t border-line">
        {partly.slice(0, 200).map((entry, index) => <Statement key={index} coverage={entry} live={live} />)}
        <ReadInFull places={full.map(nameOf)} lookedFor={[...new Set(full.flatMap((entry) => (entry.scope.kind === 'path' ? entry.scope.lookedFor : [])))]} />
      </ul>
    </>
  )
}
