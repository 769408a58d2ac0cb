import type { ConfigurationRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { ObjectPanel } from '../../ui/object-panel.tsx'
import { Fact, Facts, Mono, Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { ObjectFindings } from '../credential/sections.tsx'
import { HolderLink } from './columns.tsx'
import { asked, formatNames, letsIn, placeOfConfiguration } from './words.ts'

function Asked({ row }: { row: ConfigurationRow }): ReactNode {
  const claims = asked(row)
  const condition = row.settings['condition']?.[0]
  if (claims.length === 0 && condition === undefined) return <p className="text-ink-2">Nothing: whatever has a token of the issuer comes in.</p>
  return (
    <Facts>
      {claims.map(({ claim, how, values }) => <Fact key={`${claim}${how}`} name={`${claim} ${how === 'like' ? 'is like' : 'is'}`}>{values.map((value) => <div key={value}><Mono>{value}</Mono></div>)}</Fact>)}
      {condition === undefined ? null : <Fact name="Condition"><Mono>{condition}</Mono></Fact>}
    </Facts>
  )
}

const notShown = /^(?:line|path-class|provider|issuer|target|condition|(?:is|like)\..*)$/

function Body({ row }: { row: ConfigurationRow }): ReactNode {
  const trust = letsIn(row)
  const others = Object.entries(row.settings).filter(([name, values]) => values.length > 0 && (trust === null || !notShown.test(name)) && name !== 'line' && name !== 'path-class')
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      <Facts>
        <Fact name="Kind">{formatNames[row.format]}</Fact>
        <Fact name="On"><HolderLink row={row} /></Fact>
        <Fact name="File"><Mono copy="path">{placeOfConfiguration(row)}</Mono></Fact>
        {row.entry === '' ? null : <Fact name="Part"><Mono>{row.entry}</Mono></Fact>}
        {trust === null ? null : <Fact name="Lets in">tokens of <Mono>{trust.from}</Mono> as <span className="font-medium">{trust.into}</span></Fact>}
        <Fact name="Seen">first <When at={row.firstSeen} />, last <When at={row.lastSeen} />{row.goneAt === null ? null : <>, gone <When at={row.goneAt} /></>}</Fact>
      </Facts>
      <Section title="Findings"><ObjectFindings objectId={row.id} /></Section>
      {trust === null ? null : <Section title="Asked of the token"><Asked row={row} /></Section>}
      {others.length === 0 ? null : <Section title="Settings"><Facts>{others.map(([name, values]) => <Fact key={name} name={name}><Mono>{values.join(', ')}</Mono></Fact>)}</Facts></Section>}
    </div>
  )
}

/** Everything known of a configuration, beside its list. */
export function ConfigurationPanel({ id, onClose }: { id: string | null; onClose: () => void }): ReactNode {
  const configuration = useQuery({ ...routeQuery('getConfiguration', { params: { id: id ?? '' } }), enabled: id !== null })
  return (
    <ObjectPanel id={id} onClose={onClose} query={configuration} title={(row) => (row === undefined ? 'Configuration' : row.entry === '' ? row.path : row.entry)}>
      {(row) => <Body key={row.id} row={row} />}
    </ObjectPanel>
  )
}
