import { DAY_MS, secretStates, type SecretState } from '@muster/core'
import type { assessSecretsSchema } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { pluralText } from '../../format/names.ts'
import { secretStateMeanings, secretStateNames } from '../../format/secret-names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input, Textarea } from '../../ui/field.tsx'
import { useNow } from '../../ui/time.tsx'

/** Which secrets are spoken of, as the API takes it. */
export type SecretSelect = z.input<typeof assessSecretsSchema>['select']
const stale = ['listCredentials', 'getCredential', 'listCredentialHistory', 'getOverview', 'listFindings', 'getFinding', 'listRules'] as const
const presets = [30, 90, 180]

function StateChoice({ state, onChange }: { state: SecretState; onChange: (state: SecretState) => void }): ReactNode {
  return (
    <div role="radiogroup" aria-label="State" className="flex flex-col">
      {secretStates.map((value) => (
        <label key={value} className={cx('grid grid-cols-[14px_112px_minmax(0,1fr)] items-center gap-2 rounded-md px-2 py-1 has-focus-visible:outline-2 has-focus-visible:outline-(--focus)', state === value ? 'bg-selected' : 'hover:bg-hover')}>
          <input type="radio" name="state" value={value} checked={state === value} onChange={() => onChange(value)} className="size-3.5 accent-(--accent-solid) outline-none" />
          <span className="font-medium">{secretStateNames[value]}</span>
          <span className="text-xs text-ink-2">{secretStateMeanings[value]}</span>
        </label>
      ))}
    </div>
  )
}

/** Says what secrets are; it holds for their value wherever it turns up. An acceptance needs its last day. */
export function AssessDialog({ select, title, initial, onClose, onDone }: { select: SecretSelect; title: string; initial: SecretState; onClose: () => void; onDone: () => void }): ReactNode {
  const now = useNow()
  const day = (days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)
  const [state, setState] = useState(initial)
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(() => day(90))
  const accepted = state === 'accepted'
  const save = useChange({
    change: () => call('assessSecrets', { body: { select, state, reason: reason.trim(), until: accepted ? `${until}T00:00:00Z` : null } }),
    stale,
    done: ({ changed }) => `${pluralText(changed, 'secret')} set to ${secretStateNames[state].toLowerCase()}`,
    onDone,
  })
  const inTime = /^\d{4}-\d{2}-\d{2}$/.test(until) && until > day(0) && until <= day(365)
  const ready = !accepted || inTime
  return (
    <Dialog open onClose={onClose} title={title} description="Kept for the value, so it also holds where the value turns up later.">
      <Form onSubmit={() => ready && save.mutate(undefined)} className="flex flex-col gap-4">
        <StateChoice state={state} onChange={setState} />
        {accepted ? (
          <Field label="Until" error={inTime ? undefined : 'Choose a day after today, within a year'}>
            {(wiring) => (
              <div className="flex flex-wrap items-center gap-1.5">
                <Input {...wiring} type="date" className="w-36!" value={until} min={day(1)} max={day(365)} onChange={(event) => setUntil(event.target.value)} />
                {presets.map((days) => <Button key={days} variant="ghost" aria-pressed={until === day(days)} onClick={() => setUntil(day(days))}>{days} days</Button>)}
              </div>
            )}
          </Field>
        ) : null}
        <Field label="Reason" hint="Shown with the secret and kept in the audit log">
          {(wiring) => <Textarea {...wiring} rows={2} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button submit variant="primary" busy={save.isPending} disabled={!ready}>Set state</Button>
        </div>
      </Form>
    </Dialog>
  )
}
