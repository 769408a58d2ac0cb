import type { Schedule } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { CalendarClock, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { describeCron, parseCron } from '../../format/cron.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Switch } from '../../ui/checkbox.tsx'
import { ConfirmButton } from '../../ui/dialog.tsx'
import { PageBody } from '../../ui/page.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { When } from '../../ui/time.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { scanKindNames } from './state.tsx'

function Row({ schedule, onEdit }: { schedule: Schedule; onEdit: () => void }): ReactNode {
  const may = useMay()
  const cron = parseCron(schedule.cron)
  const toggle = useChange({ change: (enabled: boolean) => call('changeSchedule', { params: { id: schedule.id }, body: { enabled } }), stale: ['listSchedules'], done: (row) => (row.enabled ? 'Schedule on' : 'Schedule off') })
  const remove = useChange({ change: () => call('deleteSchedule', { params: { id: schedule.id } }), stale: ['listSchedules'], done: 'Schedule deleted' })
  return (
    <tr>
      <td className="font-medium">{schedule.name}</td>
      <td className="text-ink-2">{scanKindNames[schedule.kind]}</td>
      <td>{cron === null ? <span className="mono">{schedule.cron}</span> : describeCron(cron)}<span className="block text-xs text-ink-3"><span className="mono">{schedule.cron}</span> · {schedule.timeZone}</span></td>
      <td className="text-ink-2"><When at={schedule.lastRunAt} /></td>
      <td className="text-ink-2">{schedule.enabled ? <When at={schedule.nextRunAt} /> : '–'}</td>
      <td>
        <span className="flex items-center justify-end gap-1">
          {may('schedule.write') ? (
            <>
              <Switch label={`Schedule ${schedule.name} on`} checked={schedule.enabled} disabled={toggle.isPending} onChange={(on) => toggle.mutate(on)} />
              <IconButton label={`Change ${schedule.name}`} className="ml-2" onClick={onEdit}><Pencil aria-hidden /></IconButton>
              <ConfirmButton label={`Delete ${schedule.name}`} title="Delete this schedule?" description="Scans it started stay." action="Delete schedule" icon={<Trash2 aria-hidden />} onConfirm={() => remove.mutateAsync(undefined)} />
            </>
          ) : schedule.enabled ? 'On' : 'Off'}
        </span>
      </td>
    </tr>
  )
}

/** Scans that start by themselves. */
export function Schedules(): ReactNode {
  const may = useMay()
  const schedules = useQuery(routeQuery('listSchedules'))
  const [editing, setEditing] = useState<Schedule | 'new' | null>(null)
  const add = may('schedule.write') ? <Button onClick={() => setEditing('new')}><Plus aria-hidden />Add schedule</Button> : null
  return (
    <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label="Schedules">
      {schedules.isPending ? <SkeletonRows /> : schedules.isError ? <Failure error={schedules.error} onRetry={() => void schedules.refetch()} /> : schedules.data.items.length === 0 ? (
        <Empty icon={CalendarClock} title="No schedules" action={add}>A schedule repeats a scan, so that what is gone is noticed and what is new is found.</Empty>
      ) : (
        <PageBody>
          <SimpleTable label="Schedules" head={['Name', 'Kind', 'Runs', 'Last run', 'Next run', '']}>{schedules.data.items.map((schedule) => <Row key={schedule.id} schedule={schedule} onEdit={() => setEditing(schedule)} />)}</SimpleTable>
          <div className="mt-4">{add}</div>
        </PageBody>
      )}
      {editing === null ? null : <ScheduleDialog schedule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
