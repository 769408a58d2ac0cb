import type { PathClass } from '@muster/core'
import type { LocationRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { modeText } from '../../format/names.ts'
import { wrapping } from '../../format/secret-names.ts'
import { CodeLine } from '../../ui/code-line.tsx'
import { Tag } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'

type Location = LocationRow['location']
const pathClassNames: Readonly<Record<Exclude<PathClass, 'other'>, string>> = { lock: 'Lock file', minified: 'Minified', vendored: 'Vendored', generated: 'Generated', test: 'Test', documentation: 'Documentation' }
const partNames: Readonly<Record<string, string>> = { 'private-key': 'Private key', certificate: 'Certificate', 'public-key': 'Public key' }

/** How present the value is at a place: what still holds it although nobody sees it there. */
function Presence({ row }: { row: LocationRow }): ReactNode {
  const { location } = row
  if (row.goneAt !== null) return <Tag>Gone</Tag>
  if (location.kind === 'repository-line' && location.presence === 'history') return <Tag tone="warn">Only in history</Tag>
  if (location.kind === 'repository-line' && location.presence === 'branch') return <Tag>On a branch</Tag>
  if (location.kind === 'image-line' && location.hiddenBy !== null) return <Tag tone="warn">Hidden layer</Tag>
  if (location.kind === 'file-line' && location.inWebRoot) return <Tag tone="bad">Served to the web</Tag>
  return null
}

function details(location: Location): ReactNode[] {
  switch (location.kind) {
    case 'repository-line':
      return [
        location.commit === null ? (location.blob === null ? 'Not committed' : 'No commit tells who brought it in') : <><span className="mono">{location.commit.id.slice(0, 10)}</span> {location.commit.authorName}, <When at={location.commit.committedAt} /></>,
        ...(location.codeOwners.length === 0 ? [] : [`owned by ${location.codeOwners.join(' ')}`]),
      ]
    case 'image-line': return [<>layer <span className="mono">{location.layer === null ? 'none, the configuration' : location.layer.replace('sha256:', '').slice(0, 12)}</span></>, ...(location.hiddenBy === null ? [] : ['removed by a later layer, still in the image'])]
    case 'file-line': return [modeText(location.file.mode), location.file.ownerName ?? String(location.file.ownerUid), <>changed <When at={location.file.modifiedAt} /></>]
    case 'ci-variable': return [location.system, ...(location.environment === null ? [] : [`environment ${location.environment}`]), ...(location.protected === true ? ['protected'] : []), ...(location.masked === true ? ['masked'] : [])]
    case 'kubernetes-secret': return [location.secretType]
    default: return []
  }
}

const inText = (location: Location): location is Extract<Location, { context: string }> => 'context' in location

/** One place of a secret: where, how present, the line it stands in, and who brought it. */
export function SecretPlace({ row }: { row: LocationRow }): ReactNode {
  const { location } = row
  const wrapped = inText(location) ? wrapping(location.decoders) : ''
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="mono min-w-0 break-all">{row.place}{inText(location) ? <span className="text-ink-3">:{location.line}</span> : null}</span>
        <Presence row={row} />
        {inText(location) && location.pathClass !== 'other' ? <Tag>{pathClassNames[location.pathClass]}</Tag> : null}
        {location.part === 'value' ? null : <Tag>{partNames[location.part] ?? location.part}</Tag>}
        {wrapped === '' ? null : <span className="text-xs text-ink-3">{wrapped}</span>}
        {inText(location) ? <Link to="/rules" search={{ tab: 'detection', rule: location.ruleId }} title="The rule or format that told it" className="mono ml-auto text-ink-3 hover:text-ink hover:underline">{location.ruleId}</Link> : null}
      </div>
      {inText(location) && location.context !== '' ? <CodeLine className="mt-1.5" line={location.line} text={location.context} /> : null}
      <div className="mt-1 flex flex-wrap gap-x-1 text-xs text-ink-3">
        {details(location).map((detail, index) => <span key={index}>{index === 0 ? null : '· '}{detail}</span>)}
      </div>
    </li>
  )
}
