import { secretStates, type SecretCredential, type SecretState } from '@muster/core'
import type { CredentialDetail, CredentialRow } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import { useMay } from '../../api/query.ts'
import { dayOf } from '../../format/dates.ts'
import { pluralText } from '../../format/names.ts'
import { secretStateNames } from '../../format/secret-names.ts'
import { Button } from '../../ui/button.tsx'
import { Figure } from '../../ui/figure.tsx'
import { SecretStateMark } from '../../ui/secret-state.tsx'
import { FindingCount } from '../../ui/severity.tsx'
import { StateDot } from '../../ui/state-dot.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { AssessDialog } from './assess.tsx'
import { verdictOf } from './verdict.ts'

const verdictTones = { live: 'bad', dead: 'good', unknown: 'idle' } as const
const verdictNames = { live: 'Live', dead: 'Dead', unknown: 'Not known' } as const

/** What was last said of the secret and by whom, with a button for everything else that can be said. */
export function SecretDecision({ row, assessment }: { row: CredentialRow; assessment: CredentialDetail['assessment'] }): ReactNode {
  const may = useMay()
  const [chosen, setChosen] = useState<SecretState | null>(null)
  const close = (): void => setChosen(null)
  const state = row.secretState ?? 'new'
  return (
    <div className="rounded-md bg-sunken px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium"><SecretStateMark state={state} /></span>
        {assessment === null ? <span className="text-ink-3">Nobody has said what it is.</span> : (
          <>
            {assessment.reason === '' ? null : <span className="min-w-0 break-words">{assessment.reason}</span>}
            <span className="text-xs text-ink-3">{assessment.by}, <When at={assessment.at} />{assessment.until === null ? null : <> · new again <When at={assessment.until} /></>}</span>
          </>
        )}
      </div>
      {may('finding.decide') ? (
        <div role="group" aria-label="Set state" className="mt-2.5 flex flex-wrap gap-1.5">
          {secretStates.map((value) => <Button key={value} aria-pressed={value === state} className="aria-pressed:bg-selected" onClick={() => setChosen(value)}>{secretStateNames[value]}…</Button>)}
        </div>
      ) : null}
      {chosen === null ? null : <AssessDialog title="Set the state of this secret" select={{ ids: [row.id] }} initial={chosen} onClose={close} onDone={close} />}
    </div>
  )
}

/** The things one asks first of a secret. */
export function SecretStatus({ row, credential }: { row: CredentialRow; credential: SecretCredential }): ReactNode {
  const verdict = verdictOf(credential.facts)
  return (
    <div className="flex flex-wrap gap-x-10 gap-y-4">
      <Figure name="Found in" note={`on ${pluralText(row.machineCount, 'source or machine', 'sources and machines')}`}>{pluralText(row.locationCount, 'place')}</Figure>
      <Figure name="Open findings" note={row.worstSeverity === null ? 'Nothing wrong' : `Worst: ${row.worstSeverity}`}><FindingCount worst={row.worstSeverity} count={row.findingCount} /></Figure>
      <Figure name="Checked" note={verdict === null ? 'Nobody was asked' : <>{verdict.by === null ? 'asked' : `by ${verdict.by}`} {verdict.at === null ? '' : <When at={verdict.at} />}</>}>
        {verdict === null ? 'Never' : <StateDot tone={verdictTones[verdict.state]}>{verdictNames[verdict.state]}</StateDot>}
      </Figure>
      {row.notAfter === null ? null : <Figure name="Expires" note={dayOf(row.notAfter)}><Expiry at={row.notAfter} /></Figure>}
      <Figure name="First seen" note={row.goneAt === null ? <>seen <When at={row.lastSeen} /></> : <>gone <When at={row.goneAt} /></>}><When at={row.firstSeen} /></Figure>
    </div>
  )
}
