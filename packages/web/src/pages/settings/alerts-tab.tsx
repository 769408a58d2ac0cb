import type { AlertChannel, Delivery } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { BellRing, Pencil, Plus, Send, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useMore } from '../../api/more.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { capital, pluralText } from '../../format/names.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmButton } from '../../ui/dialog.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { StateDot } from '../../ui/state-dot.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { ChannelDialog } from './channel-dialog.tsx'
import { channelNames } from './channel-form.ts'

const tones = { pending: 'busy', delivered: 'good', failed: 'bad' } as const

function targetOf(channel: AlertChannel): string {
  switch (channel.type) {
    case 'smtp': return `${channel.to.join(', ')} through ${channel.host}:${channel.port}`
    case 'webhook': return `${channel.url}${channel.signingKeySet ? ', signed' : ', not signed'}`
    case 'slack': return channel.urlSet ? 'Webhook address is set' : 'No webhook address yet'
    case 'syslog': return `${channel.host}:${channel.port} by ${channel.transport.toUpperCase()}`
  }
}
function whenOf(channel: AlertChannel): string {
  const about = [channel.severities.join(', '), ...(channel.owner === null ? [] : [`owned by ${channel.owner}`]), ...(channel.dueWithinDays === null ? [] : [`due within ${pluralText(channel.dueWithinDays, 'day')}`])].join(', ')
  return `${channel.mode === 'digest' ? `Once a day at ${String(channel.digestHourUtc).padStart(2, '0')}:00 UTC` : 'At once'}: ${about}`
}

function Row({ channel, onEdit }: { channel: AlertChannel; onEdit: () => void }): ReactNode {
  const may = useMay()
  const test = useChange({ change: () => call('testAlertChannel', { params: { id: channel.id } }), stale: ['listDeliveries'], done: (delivery) => (delivery.state === 'failed' ? `Test failed: ${delivery.error ?? ''}` : delivery.state === 'delivered' ? 'Test message delivered' : 'Test message is on its way') })
  const remove = useChange({ change: () => call('deleteAlertChannel', { params: { id: channel.id } }), stale: ['listAlertChannels'], done: 'Channel deleted' })
  return (
    <tr className={channel.enabled ? '' : 'text-ink-3'}>
      <td className="font-medium">{channel.name}<span className="block text-xs font-normal text-ink-3">{channelNames[channel.type]}</span></td>
      <td className="break-words">{targetOf(channel)}<span className="block text-xs text-ink-3">{whenOf(channel)}</span></td>
      <td>{channel.enabled ? <StateDot tone="good">On</StateDot> : <StateDot tone="idle">Off</StateDot>}</td>
      <td>
        {may('alert.write') ? (
          <span className="flex justify-end">
            <IconButton label={`Send a test to ${channel.name}`} busy={test.isPending} onClick={() => test.mutate(undefined)}><Send aria-hidden /></IconButton>
            <IconButton label={`Change ${channel.name}`} onClick={onEdit}><Pencil aria-hidden /></IconButton>
            <ConfirmButton label={`Delete ${channel.name}`} title="Delete this channel?" description="Nothing is sent there any more." action="Delete channel" icon={<Trash2 aria-hidden />} onConfirm={() => remove.mutateAsync(undefined)} />
          </span>
        ) : null}
      </td>
    </tr>
  )
}

function Deliveries(): ReactNode {
  const pages = useMore<Delivery>('listDeliveries', {}, 20, 5000)
  if (pages.pending) return <SkeletonRows rows={3} />
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.rows.length === 0) return <p className="text-ink-3">Nothing has been sent yet.</p>
  return (
    <>
      <SimpleTable label="Deliveries" head={['State', 'Channel', 'Findings#', 'Attempts#', 'Created', 'Error']}>
        {pages.rows.map((row) => (
          <tr key={row.id}>
            <td><StateDot tone={tones[row.state]}>{capital(row.state)}</StateDot></td>
            <td>{row.channelName}</td>
            <td className="text-right">{row.findingCount}</td>
            <td className="text-right">{row.attempts}</td>
            <td className="text-ink-2"><When at={row.createdAt} /></td>
            <td className="max-w-72 break-words text-critical">{row.error}</td>
          </tr>
        ))}
      </SimpleTable>
      {pages.more === null ? null : <Button className="mt-3" busy={pages.fetching} onClick={pages.more}>Show more</Button>}
    </>
  )
}

/** Where findings are told, and whether that worked. */
export function AlertsTab(): ReactNode {
  const may = useMay()
  const channels = useQuery(routeQuery('listAlertChannels'))
  const [editing, setEditing] = useState<AlertChannel | 'new' | null>(null)
  const add = may('alert.write') ? <Button onClick={() => setEditing('new')}><Plus aria-hidden />Add channel</Button> : null
  return (
    <div className="flex flex-col gap-10">
      <Section title="Channels" aside={(channels.data?.items.length ?? 0) > 0 ? add : null}>
        {channels.isPending ? <SkeletonRows rows={3} /> : channels.isError ? <Failure error={channels.error} onRetry={() => void channels.refetch()} /> : channels.data.items.length === 0 ? <Empty icon={BellRing} title="No alert channels" action={add}>Send findings by mail, webhook, Slack or syslog, as a daily digest or at once.</Empty> : (
          <SimpleTable label="Alert channels" head={['Name', 'Where and when', 'State', '']}>{channels.data.items.map((channel) => <Row key={channel.id} channel={channel} onEdit={() => setEditing(channel)} />)}</SimpleTable>
        )}
      </Section>
      <Section title="Deliveries" note="newest first; a failed one is tried again"><Deliveries /></Section>
      {editing === null ? null : <ChannelDialog channel={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
