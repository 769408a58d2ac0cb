import { DAY_MS } from '@muster/core'
import type { findingFilterSchema } from '@muster/core/api'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { call } from '../../api/client.ts'
import { sessionQuery, useChange } from '../../api/query.ts'
import { dayOf } from '../../format/dates.ts'
import { pluralText } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input, Textarea } from '../../ui/field.tsx'
import { useNow } from '../../ui/time.tsx'

/** Which findings a decision is about, as the API takes it. */
export type FindingSelect = { ids: string[] } | { filter: z.input<typeof findingFilterSchema> }
const stale = ['listFindings', 'getFinding', 'listRules', 'getOverview', 'getCredential', 'listCredentials'] as const
const presets = [30, 90, 180, 365]

type Props = { select: FindingSelect; title: string; onClose: () => void; onDone: () => void }

/** Accepts findings: a reason and a day on which they open again are both required. */
export function AcceptDialog({ select, title, onClose, onDone }: Props): ReactNode {
  const now = useNow()
  const day = (days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(() => day(90))
  const accept = useChange({
    change: () => call('acceptFindings', { body: { select, reason: reason.trim(), until: `${until}T00:00:00Z` } }),
    stale,
    done: ({ changed }) => `${pluralText(changed, 'finding')} accepted until ${dayOf(`${until}T00:00:00Z`)}`,
    onDone,
  })
  const ready = reason.trim().length >= 3 && /^\d{4}-\d{2}-\d{2}$/.test(until) && until > day(0)
  return (
    <Dialog open onClose={onClose} title={title} description="An accepted finding rests until the day you choose and then opens again.">
      <Form onSubmit={() => ready && accept.mutate(undefined)} className="flex flex-col gap-4">
        <Field label="Reason" hint="Kept in the audit log and shown with the finding">
          {(wiring) => <Textarea {...wiring} autoFocus rows={3} maxLength={1000} value={reason} placeholder="Why this can stay as it is for now" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <Field label="Until" error={until <= day(0) ? 'Choose a day after today' : undefined}>
          {(wiring) => (
            <div className="flex flex-wrap items-center gap-1">
              <Input {...wiring} type="date" className="w-34!" value={until} min={day(1)} onChange={(event) => setUntil(event.target.value)} />
              {presets.map((days) => <Button key={days} variant="ghost" className="px-1.5!" aria-pressed={until === day(days)} onClick={() => setUntil(day(days))}>{days === 365 ? '1 year' : `${days} days`}</Button>)}
            </div>
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button submit variant="primary" busy={accept.isPending} disabled={!ready}>Accept</Button>
        </div>
      </Form>
    </Dialog>
  )
}

/** Assigns findings to a person, or to nobody. */
export function AssignDialog({ select, title, onClose, onDone }: Props): ReactNode {
  const { account } = useSuspenseQuery(sessionQuery).data
  const [assignee, setAssignee] = useState('')
  const assign = useChange({
    change: () => call('assignFindings', { body: { select, assignee: assignee.trim() === '' ? null : assignee.trim() } }),
    stale,
    done: ({ changed }) => `${pluralText(changed, 'finding')} ${assignee.trim() === '' ? 'assigned to nobody' : `assigned to ${assignee.trim()}`}`,
    onDone,
  })
  return (
    <Dialog open onClose={onClose} title={title}>
      <Form onSubmit={() => assign.mutate(undefined)} className="flex flex-col gap-4">
        <Field label="Person" hint="Empty takes the assignment away">
          {(wiring) => (
            <div className="flex gap-1.5">
              <Input {...wiring} autoFocus maxLength={256} value={assignee} onChange={(event) => setAssignee(event.target.value)} />
              {account === null ? null : <Button onClick={() => setAssignee(account.name)}>Me</Button>}
            </div>
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button submit variant="primary" busy={assign.isPending}>Assign</Button>
        </div>
      </Form>
    </Dialog>
  )
}

/** Takes acceptances back; the findings are open again at once. */
export function useReopen(onDone: () => void) {
  return useChange({
    change: (select: FindingSelect) => call('reopenFindings', { body: { select } }),
    stale,
    done: ({ changed }) => `${pluralText(changed, 'finding')} open again`,
    onDone,
  })
}
