import { connectionKinds, type Connection, type ConnectionKind } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input, Textarea } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { linesOf } from '../scans/options.ts'
import { scanKindNames } from '../scans/state.tsx'

const usual = { github: 'https://api.github.com', gitlab: 'https://gitlab.com', kubernetes: '' } as const satisfies Record<ConnectionKind, string>
const rights = {
  github: 'A fine-grained token that may read metadata, Actions secrets and variables, environments, deploy keys and webhooks.',
  gitlab: 'A token with the scope read_api, of somebody who maintains the groups.',
  kubernetes: 'A ServiceAccount’s token that may list Secrets, ServiceAccounts, Pods and RoleBindings.',
} as const satisfies Record<ConnectionKind, string>

type Way = 'token' | 'kubeconfig' | 'clientCertificate' | 'tokenFile'
const ways: readonly { readonly value: Way; readonly label: string; readonly hint: string; readonly placeholder: string }[] = [
  { value: 'token', label: 'Token', hint: rights.kubernetes, placeholder: '' },
  { value: 'kubeconfig', label: 'Kubeconfig', hint: 'As kubectl config view --raw --flatten --minify prints it. It names the API server and its authority; programs it names are not run.', placeholder: 'apiVersion: v1' },
  { value: 'clientCertificate', label: 'Client certificate', hint: 'The certificate and its key, as PEM.', placeholder: '-----BEGIN CERTIFICATE-----' },
  { value: 'tokenFile', label: 'Token of this server’s pod', hint: 'Where the token of the pod is that this server runs in; for the API server https://kubernetes.default.svc alone.', placeholder: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
]

/** Adds a connection or changes one; its credential is never shown again. */
export function ConnectionDialog({ connection, onClose }: { connection: Connection | null; onClose: () => void }): ReactNode {
  const [kind, setKind] = useState<ConnectionKind>(connection?.kind ?? 'github')
  const [form, setForm] = useState({ name: connection?.name ?? '', baseUrl: connection?.baseUrl ?? usual.github as string, token: '', egress: connection?.egress.join('\n') ?? '', caPem: connection?.caPem ?? '' })
  const [way, setWay] = useState<Way>('token')
  const set = (patch: Partial<typeof form>): void => setForm({ ...form, ...patch })
  const save = useChange({
    change: () => {
      const settings = { name: form.name.trim(), baseUrl: form.baseUrl.trim(), egress: linesOf(form.egress), caPem: form.caPem.trim() === '' ? null : form.caPem }
      // A kubeconfig says where the cluster is, unless the form does.
      const { baseUrl, caPem, ...others } = settings
      const known = { ...others, ...(baseUrl === '' ? {} : { baseUrl }), ...(way === 'kubeconfig' && caPem === null ? {} : { caPem }) }
      return connection === null
        ? call('createConnection', { body: { ...known, kind, [way]: form.token } })
        : call('changeConnection', { params: { id: connection.id }, body: { ...known, ...(form.token === '' ? {} : { [way]: form.token }) } })
    },
    stale: ['listConnections'],
    done: 'Connection saved',
    onDone: onClose,
    quiet: true,
  })
  const choose = (next: ConnectionKind): void => {
    if (form.baseUrl === usual[kind]) set({ baseUrl: usual[next] })
    setKind(next)
    setWay('token')
  }
  const refusal = save.error instanceof ApiProblem ? save.error : null
  const chosen = ways.find(({ value }) => value === way)!
  const ready = form.name.trim() !== '' && (form.baseUrl.trim() !== '' || way === 'kubeconfig') && (connection !== null || form.token !== '')
  const submit = (): void => { if (ready) save.mutate(undefined) }
  return (
    <Dialog open wide onClose={onClose} title={connection === null ? 'Add connection' : `Change ${connection.name}`} footer={<><Button variant="ghost" onClick={onClose}>Cancel</Button><Button variant="primary" busy={save.isPending} disabled={!ready} onClick={submit}>Save connection</Button></>}>
      <Form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-4">
          <Field label="Name">{(wiring) => <Input {...wiring} autoFocus maxLength={80} value={form.name} placeholder="code host" onChange={(event) => set({ name: event.target.value })} />}</Field>
          <Field label="System">{({ id }) => <Select id={id} value={kind} disabled={connection !== null} onChange={choose} options={connectionKinds.map((value) => ({ value, label: scanKindNames[value] }))} />}</Field>
        </div>
        <Field label={kind === 'kubernetes' ? 'API server' : 'API'} hint={kind === 'github' ? 'GitHub Enterprise Server: https://HOST/api/v3' : undefined}>{(wiring) => <Input {...wiring} className="mono" value={form.baseUrl} placeholder={kind === 'kubernetes' ? 'https://10.0.0.1:6443' : usual[kind]} onChange={(event) => set({ baseUrl: event.target.value })} />}</Field>
        {kind === 'kubernetes' ? <Field label="Signs in with">{({ id }) => <Select id={id} value={way} onChange={(next) => { setWay(next); set({ token: '' }) }} options={ways.map(({ value, label }) => ({ value, label }))} />}</Field> : null}
        <Field label={chosen.label} hint={connection !== null ? 'Empty keeps the one that is set. It is needed again when the API changes.' : kind === 'kubernetes' ? chosen.hint : rights[kind]}>
          {(wiring) => way === 'token' ? <Input {...wiring} type="password" autoComplete="new-password" className="mono" value={form.token} onChange={(event) => set({ token: event.target.value })} />
            : way === 'tokenFile' ? <Input {...wiring} className="mono" value={form.token} placeholder={chosen.placeholder} onChange={(event) => set({ token: event.target.value })} />
            : <Textarea {...wiring} rows={4} className="mono" autoComplete="off" spellCheck={false} value={form.token} placeholder={chosen.placeholder} onChange={(event) => set({ token: event.target.value })} />}
        </Field>
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <Field label="Also reachable at" hint="Private addresses or ranges the name leads to, one per line">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.egress} placeholder="10.20.0.0/16" onChange={(event) => set({ egress: event.target.value })} />}</Field>
          <Field label="Certificate authority" hint="PEM; empty trusts the system’s">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.caPem} placeholder="-----BEGIN CERTIFICATE-----" onChange={(event) => set({ caPem: event.target.value })} />}</Field>
        </div>
        {refusal === null ? null : <p role="alert" className="text-critical">{refusal.message}</p>}
      </Form>
    </Dialog>
  )
}
