import { severities } from '@muster/core'
import type { AlertChannel, NewAlertChannel } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { capital } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { bodyOfChannel, channelNames, formOfChannel, type ChannelForm, type ChannelType } from './channel-form.ts'

type Props = { form: ChannelForm; problems: Record<string, string>; set: (patch: Partial<ChannelForm>) => void }

function TextField({ label, name, hint, props, type = 'text', placeholder }: { label: string; name: keyof ChannelForm; hint?: string; props: Props; type?: string; placeholder?: string }): ReactNode {
  return (
    <Field label={label} hint={hint} error={props.problems[name]}>
      {(wiring) => <Input {...wiring} type={type} {...(type === 'password' ? { autoComplete: 'new-password' } : {})} placeholder={placeholder} value={String(props.form[name])} onChange={(event) => props.set({ [name]: event.target.value })} />}
    </Field>
  )
}

function Destination({ channel, ...props }: Props & { channel: AlertChannel | null }): ReactNode {
  const { form, set } = props
  const kept = 'Empty keeps the one that is set'
  switch (form.type) {
    case 'smtp':
      return (
        <>
          <div className="grid grid-cols-[minmax(0,1fr)_88px_120px] gap-4">
            <TextField label="Server" name="host" props={props} placeholder="mail.example.net" />
            <TextField label="Port" name="port" props={props} type="number" />
            <Field label="Encryption">{({ id }) => <Select id={id} value={form.tls} onChange={(tls) => set({ tls })} options={[{ value: 'starttls', label: 'STARTTLS' }, { value: 'implicit', label: 'TLS' }, { value: 'none', label: 'None' }]} />}</Field>
          </div>
          <div className="grid grid-cols-2 gap-4">
            <TextField label="User name" name="username" props={props} />
            <TextField label="Password" name="secret" type="password" props={props} {...(channel?.type === 'smtp' && channel.passwordSet ? { hint: kept } : {})} />
            <TextField label="From" name="from" props={props} placeholder="muster@example.com" />
            <TextField label="To" name="to" props={props} hint="Several with commas" />
          </div>
        </>
      )
    case 'webhook':
      return (
        <>
          <TextField label="Address" name="url" props={props} placeholder="https://hooks.example.net/muster" />
          <Field label="Signing key" hint={channel?.type === 'webhook' && channel.signingKeySet ? kept : 'At least 16 characters. Requests carry an HMAC made with it.'} error={props.problems['signingKey']}>
            {(wiring) => <Input {...wiring} type="password" autoComplete="new-password" value={form.secret} onChange={(event) => set({ secret: event.target.value })} />}
          </Field>
        </>
      )
    case 'slack': return <TextField label="Webhook address" name="url" props={props} {...(channel?.type === 'slack' && channel.urlSet ? { hint: kept } : {})} />
    case 'syslog':
      return (
        <div className="grid grid-cols-[minmax(0,1fr)_88px_120px] gap-4">
          <TextField label="Server" name="host" props={props} placeholder="siem.example.net" />
          <TextField label="Port" name="port" props={props} type="number" />
          <Field label="Transport">{({ id }) => <Select id={id} value={form.transport} onChange={(transport) => set({ transport })} options={[{ value: 'tls', label: 'TLS' }, { value: 'tcp', label: 'TCP' }, { value: 'udp', label: 'UDP' }]} />}</Field>
        </div>
      )
  }
}

function Routing(props: Props): ReactNode {
  const { form, set, problems } = props
  return (
    <>
      <div>
        <div role="group" aria-label="Severities" className="flex flex-wrap gap-x-5 gap-y-1.5">
          {severities.map((severity) => <Checkbox key={severity} label={capital(severity)} checked={form.severities.includes(severity)} onChange={(on) => set({ severities: on ? [...form.severities, severity] : form.severities.filter((entry) => entry !== severity) })} />)}
        </div>
        {problems['severities'] === undefined ? null : <p role="alert" className="mt-1 text-xs text-critical">Choose at least one</p>}
      </div>
      <div className="grid grid-cols-2 gap-4">
        <TextField label="Only of owner" name="owner" props={props} hint="Empty: of everyone" />
        <TextField label="Only due within days" name="dueWithinDays" props={props} type="number" hint="Empty: all" />
        <Field label="When">{({ id }) => <Select id={id} value={form.mode} onChange={(mode) => set({ mode })} options={[{ value: 'digest', label: 'Once a day' }, { value: 'immediate', label: 'At once, after each evaluation' }]} />}</Field>
        {form.mode === 'digest' ? <TextField label="Hour of the digest (UTC)" name="digestHourUtc" props={props} type="number" /> : null}
      </div>
    </>
  )
}

/** Adds an alert channel or changes one. */
export function ChannelDialog({ channel, onClose }: { channel: AlertChannel | null; onClose: () => void }): ReactNode {
  const [form, setForm] = useState(() => formOfChannel(channel))
  const [shown, setShown] = useState(false)
  const save = useChange({
    change: (body: NewAlertChannel) => (channel === null ? call('createAlertChannel', { body }) : call('changeAlertChannel', { params: { id: channel.id }, body })),
    stale: ['listAlertChannels'],
    done: 'Channel saved',
    onDone: onClose,
    quiet: true,
  })
  const result = bodyOfChannel(form)
  const refusal = save.error instanceof ApiProblem ? save.error : null
  const submit = (): void => {
    setShown(true)
    if ('body' in result) save.mutate(result.body)
  }
  const props: Props = { form, problems: shown && 'problems' in result ? result.problems : {}, set: (patch) => setForm({ ...form, ...patch }) }
  const setType = (type: ChannelType): void => props.set({ type, port: type === 'syslog' ? '6514' : '587' })
  return (
    <Dialog open wide onClose={onClose} title={channel === null ? 'Add alert channel' : `Change ${channel.name}`} footer={<><Button variant="ghost" onClick={onClose}>Cancel</Button><Button variant="primary" busy={save.isPending} onClick={submit}>Save channel</Button></>}>
      <Form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-4">
          <TextField label="Name" name="name" props={props} />
          <Field label="Type">{({ id }) => <Select id={id} value={form.type} disabled={channel !== null} onChange={setType} options={(Object.keys(channelNames) as ChannelType[]).map((value) => ({ value, label: channelNames[value] }))} />}</Field>
        </div>
        <Destination channel={channel} {...props} />
        <div className="my-1 h-px bg-line" />
        <Routing {...props} />
        <Checkbox label="On" checked={form.enabled} onChange={(enabled) => props.set({ enabled })} />
        {refusal === null ? null : <p role="alert" className="text-critical">{refusal.message}</p>}
      </Form>
    </Dialog>
  )
}
