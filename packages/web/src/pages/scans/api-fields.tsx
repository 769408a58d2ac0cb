import type { ConnectionKind } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Field, Textarea } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import type { ScanForm } from './options.ts'
import { scanKindNames } from './state.tsx'

type Props = { form: ScanForm; problems: Partial<Record<keyof ScanForm, string>>; onChange: (form: ScanForm) => void }

const scopes = {
  github: { wholes: 'Organisations', wholesHint: 'With all their repositories, one per line', wholesExample: 'example', singles: 'Repositories', singlesHint: 'owner/name, one per line', singlesExample: 'example/shop' },
  gitlab: { wholes: 'Groups', wholesHint: 'With their subgroups and projects, one per line', wholesExample: 'example/platform', singles: 'Projects', singlesHint: 'Full path, one per line', singlesExample: 'example/web/shop' },
  kubernetes: { wholes: 'Namespaces', wholesHint: 'Empty: all of them', wholesExample: 'shop', singles: 'Leave out', singlesHint: 'Namespaces not to read', singlesExample: 'kube-system' },
} as const satisfies Record<ConnectionKind, Record<string, string>>

/** Which code host or cluster, and what of it. */
export function ApiFields({ kind, form, problems, onChange }: Props & { kind: ConnectionKind }): ReactNode {
  const connections = useQuery(routeQuery('listConnections'))
  if (connections.isPending) return <Skeleton className="h-24 w-full" />
  if (connections.isError) return <Failure error={connections.error} onRetry={() => void connections.refetch()} />
  const { items } = connections.data
  if (items.length === 0) return <p className="rounded-md bg-sunken px-3 py-2 text-ink-2">No code host or cluster is connected. An administrator adds them under <Link to="/settings/$tab" params={{ tab: 'connections' }} className="text-accent underline">Settings → Connections</Link>.</p>
  const chosen = items.find(({ id }) => id === form.connection)
  const choose = (id: string): void => {
    const connection = items.find((item) => item.id === id)
    if (connection !== undefined) onChange({ ...form, connection: id, kind: connection.kind })
  }
  const text = scopes[kind]
  return (
    <>
      <Field label="Where" error={problems.connection}>
        {({ id }) => <Select id={id} value={form.connection} onChange={choose} options={[...(chosen === undefined ? [{ value: '', label: 'Choose…' }] : []), ...items.map((item) => ({ value: item.id, label: `${item.name} (${scanKindNames[item.kind]})` }))]} />}
      </Field>
      {chosen === undefined ? null : (
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <Field label={text.wholes} hint={text.wholesHint} error={problems.wholes}>{(wiring) => <Textarea {...wiring} rows={3} className="mono" value={form.wholes} placeholder={text.wholesExample} onChange={(event) => onChange({ ...form, wholes: event.target.value })} />}</Field>
          <Field label={text.singles} hint={text.singlesHint}>{(wiring) => <Textarea {...wiring} rows={3} className="mono" value={form.singles} placeholder={text.singlesExample} onChange={(event) => onChange({ ...form, singles: event.target.value })} />}</Field>
        </div>
      )}
    </>
  )
}

/** Whom to ask about what is found; nothing where the server may ask nobody. */
export function VerifyFields({ form, onChange }: Omit<Props, 'problems'>): ReactNode {
  const providers = useQuery(routeQuery('getServerInfo')).data?.verifiableProviders ?? []
  if (providers.length === 0) return null
  return (
    <fieldset>
      <legend className="text-xs font-medium text-ink-2">Ask whether secrets are live</legend>
      <p className="mt-0.5 mb-2 text-xs text-ink-3">The value goes to its own provider and nowhere else.</p>
      <div className="flex flex-wrap gap-x-5 gap-y-1.5">
        {providers.map((name) => <Checkbox key={name} label={name} checked={form.verify.includes(name)} onChange={(on) => onChange({ ...form, verify: on ? [...form.verify, name] : form.verify.filter((entry) => entry !== name) })} />)}
      </div>
    </fieldset>
  )
}
