import type { CredentialDetail, FindingRow, HistoryEntry, LocationRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { useMore } from '../../api/more.ts'
import { capital, keyOfRow, kindNames, locationKindNames, modeText } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { LabelEditor } from '../../ui/label-editor.tsx'
import { SeverityMark } from '../../ui/severity.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { Chain } from '../../viz/chain.tsx'
import { eventName, isEvent } from '../changes/events.tsx'
import { OwnerSuggestions } from './owner-suggestions.tsx'

const ties = { 'same-key': 'Same key', 'issued-by': 'Issued by', issues: 'Issued', 'signed-by-ssh-ca': 'Signed by SSH CA' } as const

/** Labels of the credential, changed in place. */
export function CredentialLabels({ detail }: { detail: CredentialDetail }): ReactNode {
  const may = useMay()
  const { id } = detail.row
  const save = useChange({
    change: (body: Parameters<typeof call<'labelCredential'>>[1]['body']) => call('labelCredential', { params: { id }, body }),
    stale: ['getCredential', 'listCredentials', 'listCredentialHistory', 'listFindings'],
    done: 'Labels saved',
  })
  return (
    <>
      <LabelEditor labels={detail.row.labels} editable={may('inventory.label')} onSave={(patch) => save.mutate(patch)} />
      <OwnerSuggestions row={detail.row} />
    </>
  )
}

/** The chain; whether it ends at a root is asked of its last certificate. */
export function CredentialChain({ detail }: { detail: CredentialDetail }): ReactNode {
  const last = detail.chain.at(-1)
  const isLast = last === undefined || last.id === detail.row.id
  const top = useQuery({ ...routeQuery('getCredential', { params: { id: last?.id ?? detail.row.id } }), enabled: !isLast })
  const credential = isLast ? detail.credential : top.data?.credential
  const complete = credential?.kind === 'certificate' ? credential.selfIssued : null
  return <Chain rows={detail.chain} complete={complete} currentId={detail.row.id} />
}

function factOf(row: LocationRow): string {
  const { location } = row
  switch (location.kind) {
    case 'endpoint': return `${location.protocol.toUpperCase()}${location.starttls === null ? '' : ` after STARTTLS ${location.starttls}`}${location.position === 0 ? '' : `, position ${location.position} in the chain`}`
    case 'authorized-key': return `lets in as ${location.account}${location.options.length === 0 ? ', no restriction' : `, ${location.options.join(' ')}`}`
    case 'known-host': return `trusted for ${location.hashed ? 'a hashed name' : location.hosts.join(', ')}`
    case 'file-line': return `line ${location.line}, ${modeText(location.file.mode)} ${location.file.ownerName ?? location.file.ownerUid}`
    case 'repository-line': return `line ${location.line}${location.commit === null ? '' : `, ${location.commit.authorName} in ${location.commit.id.slice(0, 10)}`}${location.presence === 'history' ? ', only in history' : location.presence === 'branch' ? ', on a branch' : ''}`
    case 'image-line': return `line ${location.line}${location.hiddenBy === null ? '' : ', removed by a later layer but still in the image'}`
    case 'ci-variable': return `${location.system}${location.protected === true ? ', protected' : ''}${location.masked === true ? ', masked' : ''}`
    case 'kubernetes-secret': return location.secretType
    default: return `${modeText(location.file.mode)} ${location.file.ownerName ?? location.file.ownerUid}${location.protection === null ? '' : location.protection.encrypted ? ', encrypted' : ', not encrypted'}`
  }
}

/** Where the credential is, a page at a time. */
export function Locations({ id, brief = false }: { id: string; brief?: boolean }): ReactNode {
  const pages = useMore<LocationRow>('listCredentialLocations', { params: { id } }, brief ? 6 : 50)
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.pending) return <Skeleton className="h-16 w-full" />
  if (pages.rows.length === 0) return <p className="text-ink-3">Not found anywhere any more.</p>
  return (
    <>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Locations">
        <table className="w-full border-collapse text-left">
          <thead>
            <tr className="border-b border-line text-xs text-ink-3">
              <th className="h-7 pr-4 font-medium">Place</th>
              <th className="pr-4 font-medium max-sm:hidden">Machine</th>
              {brief ? null : <><th className="pr-4 font-medium">What lies there</th><th className="pr-4 font-medium max-sm:hidden">Last seen</th></>}
            </tr>
          </thead>
          <tbody>
            {pages.rows.map((row) => (
              <tr key={row.id} className="border-b border-line align-top">
                <td className="py-1.5 pr-4">
                  <span className="mono break-all">{row.place}</span>
                  <span className="block text-xs text-ink-3">{locationKindNames[row.location.kind]}{row.goneAt === null ? '' : ' · gone'}<span className="sm:hidden"> · <Link to="/machines/$id" params={{ id: row.machineId }} className="text-ink-2 hover:underline">{row.machineName}</Link></span></span>
                </td>
                <td className="py-1.5 pr-4 max-sm:hidden"><Link to="/machines/$id" params={{ id: row.machineId }} className="hover:underline">{row.machineName}</Link></td>
                {brief ? null : (
                  <>
                    <td className="py-1.5 pr-4 text-ink-2">{capital(row.location.part.replaceAll('-', ' '))}<span className="block text-xs text-ink-3">{factOf(row)}</span></td>
                    <td className="py-1.5 pr-4 text-ink-2 max-sm:hidden">{row.goneAt === null ? <When at={row.lastSeen} /> : <>gone <When at={row.goneAt} /></>}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages.more === null || brief ? null : <Button className="mt-3" busy={pages.fetching} onClick={pages.more}>Show more</Button>}
    </>
  )
}

/** Open and past findings of one object. */
export function ObjectFindings({ objectId }: { objectId: string }): ReactNode {
  const pages = useMore<FindingRow>('listFindings', { query: { objectId, state: 'open,accepted,closed' } }, 50)
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.pending) return <Skeleton className="h-8 w-full" />
  if (pages.rows.length === 0) return <p className="text-ink-3">Nothing wrong was found.</p>
  return (
    <ul className="border-t border-line">
      {pages.rows.map((row) => (
        <li key={row.id} className="flex items-baseline gap-x-4 gap-y-0.5 border-b border-line py-2 max-sm:flex-wrap">
          <span className="w-20 shrink-0"><SeverityMark severity={row.severity} /></span>
          <span className="min-w-0 grow max-sm:order-last max-sm:basis-full">
            <Link to="/findings" search={{ objectId, peek: row.id, ...(row.state === 'open' ? {} : { state: [row.state] }) }} className="font-medium hover:underline">{row.title}</Link>
            <span className="block text-ink-2 wrap-anywhere">{row.evidence}</span>
          </span>
          {row.state === 'open' ? <When at={row.openedAt} className="shrink-0 text-xs text-ink-3" /> : <Tag>{capital(row.state)}</Tag>}
        </li>
      ))}
    </ul>
  )
}

/** Credentials tied to this one. */
export function Related({ detail }: { detail: CredentialDetail }): ReactNode {
  if (detail.related.length === 0) return <p className="text-ink-3">Not tied to any other credential.</p>
  return (
    <ul className="border-t border-line">
      {detail.related.map(({ tie, credential }) => (
        <li key={`${tie}${credential.id}`} className="flex items-baseline gap-4 border-b border-line py-2">
          <span className="w-24 shrink-0 text-xs text-ink-3">{ties[tie]}</span>
          <span className="min-w-0 grow">
            <Link to="/inventory/$id" params={{ id: credential.id }} className="font-medium hover:underline">{credential.name}</Link>
            <span className="block text-xs text-ink-2">{kindNames[credential.kind][0]} · {keyOfRow(credential)}</span>
          </span>
          <span className="shrink-0 text-xs"><Expiry at={credential.notAfter} from={credential.notBefore} /></span>
        </li>
      ))}
    </ul>
  )
}

/** What happened to the credential, newest first, on a line of time. */
export function History({ id }: { id: string }): ReactNode {
  const pages = useMore<HistoryEntry>('listCredentialHistory', { params: { id } }, 25)
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.pending) return <Skeleton className="h-16 w-full" />
  return (
    <>
      <ol className="ml-1 border-l border-line-strong">
        {pages.rows.map((entry, index) => (
          <li key={`${entry.at}${index}`} className="relative pb-3 pl-5">
            <span aria-hidden className={`absolute top-[7px] -left-[3.5px] size-1.5 rounded-full ${entry.event.startsWith('finding-opened') || entry.event === 'gone' ? 'bg-high' : entry.event === 'finding-closed' ? 'bg-good' : 'bg-ink-3'}`} />
            <span className="block break-words">{isEvent(entry.event) ? <span className="font-medium">{eventName(entry.event)} </span> : null}{entry.summary}</span>
            <span className="text-xs text-ink-3">
              <When at={entry.at} />
              {entry.scanId === null ? null : <> · <Link to="/scans/$id" params={{ id: entry.scanId }} className="underline">scan</Link></>}
            </span>
          </li>
        ))}
      </ol>
      {pages.more === null ? null : <Button busy={pages.fetching} onClick={pages.more}>Show more</Button>}
    </>
  )
}
