import type { FindingDetail, FindingRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { routeQuery, useMay } from '../../api/query.ts'
import { capital } from '../../format/names.ts'
import { objectTitle } from '../../format/secret-names.ts'
import { Button } from '../../ui/button.tsx'
import { ObjectPanel } from '../../ui/object-panel.tsx'
import { SeverityMark } from '../../ui/severity.tsx'
import { Fact, Facts, Section, Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { RuleText } from '../rules/rule-text.tsx'
import { CredentialEvidence } from '../secret/evidence.tsx'
import { AcceptDialog, AssignDialog, useReopen } from './decide.tsx'

/** A link to the thing a finding is about. */
function ObjectLink({ finding }: { finding: FindingRow }): ReactNode {
  if (finding.objectType === 'credential') return <Link to="/inventory/$id" params={{ id: finding.objectId }} className="font-medium hover:underline">{objectTitle(finding)}</Link>
  if (finding.objectType === 'endpoint') return <Link to="/endpoints" search={{ peek: finding.objectId }} className="font-medium hover:underline">{finding.objectName}</Link>
  return <Link to="/configurations" search={{ peek: finding.objectId, presence: 'all' }} className="font-medium hover:underline">{finding.objectName}</Link>
}

function Actions({ finding }: { finding: FindingRow }): ReactNode {
  const may = useMay()
  const [dialog, setDialog] = useState<'accept' | 'assign' | null>(null)
  const close = (): void => setDialog(null)
  const reopen = useReopen(() => undefined)
  if (!may('finding.decide') || finding.state === 'closed') return null
  const select = { ids: [finding.id] }
  return (
    <div className="flex gap-2">
      {finding.state === 'open' ? <Button variant="primary" onClick={() => setDialog('accept')}>Accept…</Button> : <Button busy={reopen.isPending} onClick={() => reopen.mutate(select)}>Open again</Button>}
      <Button onClick={() => setDialog('assign')}>Assign…</Button>
      {dialog === 'accept' ? <AcceptDialog title="Accept this finding" select={select} onClose={close} onDone={close} /> : null}
      {dialog === 'assign' ? <AssignDialog title="Assign this finding" select={select} onClose={close} onDone={close} /> : null}
    </div>
  )
}

function Body({ detail }: { detail: FindingDetail }): ReactNode {
  const { finding, rule, history } = detail
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      <div>
        <div className="mb-2 flex items-center gap-3"><SeverityMark severity={finding.severity} />{finding.state === 'open' ? null : <Tag tone={finding.state === 'closed' ? 'good' : 'neutral'}>{capital(finding.state)}</Tag>}</div>
        <p className="text-lg font-semibold">{finding.title}</p>
        <p className="mt-1 text-ink-2">{finding.evidence}</p>
      </div>
      <Actions finding={finding} />
      {finding.acceptance === null ? null : (
        <div className="rounded-md bg-sunken px-4 py-3">
          <p>{finding.acceptance.reason}</p>
          <p className="mt-1 text-xs text-ink-3">Accepted by {finding.acceptance.by}, opens again <When at={finding.acceptance.until} /></p>
        </div>
      )}
      <Facts>
        <Fact name={capital(finding.objectType)}><ObjectLink finding={finding} /></Fact>
        {finding.due === null ? null : <Fact name="Due"><Expiry at={finding.due} /></Fact>}
        <Fact name="Owner">{finding.owner ?? <span className="text-ink-3">Nobody</span>}</Fact>
        <Fact name="Assigned to">{finding.assignee ?? <span className="text-ink-3">Nobody</span>}</Fact>
        <Fact name="Open since"><When at={finding.openedAt} /></Fact>
        {finding.closedAt === null ? null : <Fact name="Closed"><When at={finding.closedAt} /></Fact>}
        <Fact name="Rule"><Link to="/rules" search={{ rule: rule.id }} className="mono underline">{rule.id}</Link></Fact>
      </Facts>
      {finding.objectType === 'credential' ? <CredentialEvidence credentialId={finding.objectId} /> : null}
      <Section title="What it means"><RuleText rule={rule} /></Section>
      {finding.places.length === 0 || finding.secretType !== null ? null : <Section title="Places"><ul>{finding.places.map((place) => <li key={place} className="mono break-all">{place}</li>)}</ul></Section>}
      <Section title="History">
        <ol className="ml-1 border-l border-line-strong">
          {history.map((entry) => (
            <li key={`${entry.at}${entry.state}`} className="relative pb-3 pl-5">
              <span aria-hidden className="absolute top-[7px] -left-[3.5px] size-1.5 rounded-full bg-ink-3" />
              {capital(entry.state)}{entry.note === '' ? '' : `: ${entry.note}`}
              <span className="block text-xs text-ink-3">{entry.by} · <When at={entry.at} /></span>
            </li>
          ))}
        </ol>
      </Section>
    </div>
  )
}

/** A finding with its rule, beside the list. */
export function FindingPanel({ id, onClose }: { id: string | null; onClose: () => void }): ReactNode {
  const detail = useQuery({ ...routeQuery('getFinding', { params: { id: id ?? '' } }), enabled: id !== null })
  return (
    <ObjectPanel id={id} onClose={onClose} query={detail} title={() => 'Finding'}>
      {(shown) => <Body key={shown.finding.id} detail={shown} />}
    </ObjectPanel>
  )
}
