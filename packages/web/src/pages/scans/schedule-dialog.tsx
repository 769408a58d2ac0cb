import type { Schedule } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { describeCron, isTimeZone, nextRun, parseCron } from '../../format/cron.ts'
import { exactTime } from '../../format/dates.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { useNow } from '../../ui/time.tsx'
import { emptyForm, formOf, optionsOf, problemsOf } from './options.ts'
import { ScanFields } from './scan-fields.tsx'

const presets = [['Nightly', '15 2 * * *'], ['Every 6 hours', '0 */6 * * *'], ['Hourly', '5 * * * *'], ['Weekly', '0 3 * * sun']] as const

function Preview({ cron, timeZone }: { cron: string; timeZone: string }): ReactNode {
  const now = useNow()
  const parsed = parseCron(cron)
  if (parsed === null || !isTimeZone(timeZone)) return null
  const next = nextRun(parsed, timeZone, now)
  return (
    <p aria-live="polite" className="rounded-md bg-sunken px-3 py-2">
      {describeCron(parsed)} <span className="text-ink-2">({timeZone})</span>
      <span className="block text-xs text-ink-3">{next === null ? 'Never runs' : `Next: ${exactTime(next.toISOString())}`}</span>
    </p>
  )
}

/** Adds a schedule or changes one. */
export function ScheduleDialog({ schedule, onClose }: { schedule: Schedule | null; onClose: () => void }): ReactNode {
  const [name, setName] = useState(schedule?.name ?? '')
  const [cron, setCron] = useState(schedule?.cron ?? '15 2 * * *')
  const [timeZone, setTimeZone] = useState(schedule?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const [form, setForm] = useState(schedule === null ? emptyForm : formOf(schedule.kind, schedule.options))
  const [shown, setShown] = useState(false)
  const save = useChange({
    change: () => {
      const body = { name: name.trim(), kind: form.kind, options: optionsOf(form), cron: cron.trim(), timeZone, enabled: schedule?.enabled ?? true }
      return schedule === null ? call('createSchedule', { body }) : call('changeSchedule', { params: { id: schedule.id }, body })
    },
    stale: ['listSchedules'],
    done: 'Schedule saved',
    onDone: onClose,
    quiet: true,
  })
  const problems = problemsOf(form)
  const cronProblem = parseCron(cron) === null ? 'Five fields: minute, hour, day of month, month, day of week' : undefined
  const zoneProblem = isTimeZone(timeZone) ? undefined : 'Not a known time zone'
  const submit = (): void => {
    setShown(true)
    if (Object.keys(problems).length === 0 && cronProblem === undefined && zoneProblem === undefined && name.trim() !== '') save.mutate(undefined)
  }
  const refusal = save.error instanceof ApiProblem ? save.error : null
  return (
    <Dialog open wide onClose={onClose} title={schedule === null ? 'Add schedule' : 'Change schedule'} footer={<><Button variant="ghost" onClick={onClose}>Cancel</Button><Button variant="primary" busy={save.isPending} onClick={submit}>Save schedule</Button></>}>
      <Form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" error={shown && name.trim() === '' ? 'Give it a name' : undefined}>{(wiring) => <Input {...wiring} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="When (cron)" error={cronProblem}>{(wiring) => <Input {...wiring} className="mono" maxLength={100} value={cron} onChange={(event) => setCron(event.target.value)} />}</Field>
          <Field label="Time zone" error={zoneProblem}>{(wiring) => <Input {...wiring} maxLength={64} value={timeZone} onChange={(event) => setTimeZone(event.target.value)} />}</Field>
        </div>
        <div className="-mt-2 flex flex-wrap gap-1">{presets.map(([label, value]) => <Button key={value} variant="ghost" onClick={() => setCron(value)}>{label}</Button>)}</div>
        <Preview cron={cron} timeZone={timeZone} />
        <ScanFields form={form} problems={shown ? problems : {}} onChange={setForm} />
        {refusal === null ? null : <div role="alert" className="text-critical">{refusal.message}{Object.entries(refusal.fields).map(([path, message]) => <span key={path} className="block text-xs">{path}: {message}</span>)}</div>}
      </Form>
    </Dialog>
  )
}
