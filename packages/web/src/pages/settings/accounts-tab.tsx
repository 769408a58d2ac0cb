import { roles, type Account, type Role } from '@muster/core/api'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useMore } from '../../api/more.ts'
import { sessionQuery, useChange } from '../../api/query.ts'
import { capital } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Switch } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section, Tag } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'

const roleOptions = [
  { value: 'viewer', label: 'Viewer', hint: 'reads' },
  { value: 'operator', label: 'Operator', hint: 'scans, labels, decides' },
  { value: 'administrator', label: 'Administrator', hint: 'everything' },
] as const satisfies readonly { value: Role; label: string; hint: string }[]

function Invite({ onClose, onInvited }: { onClose: () => void; onInvited: (url: string) => void }): ReactNode {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const invite = useChange({ change: () => call('createAccount', { body: { name: name.trim(), email: email.trim(), role } }), stale: ['listAccounts'], quiet: true, onDone: ({ signInUrl }) => onInvited(signInUrl) })
  const refusal = invite.error instanceof ApiProblem ? invite.error : null
  return (
    <Dialog open onClose={onClose} title="Invite someone" description="They set their own password with a link that works once within 24 hours.">
      <Form onSubmit={() => invite.mutate(undefined)} className="flex flex-col gap-4">
        <Field label="Name" error={refusal?.fields['name']}>{(wiring) => <Input {...wiring} autoFocus maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label="E-mail" error={refusal?.fields['email'] ?? (refusal !== null && Object.keys(refusal.fields).length === 0 ? refusal.message : undefined)}>{(wiring) => <Input {...wiring} type="email" value={email} onChange={(event) => setEmail(event.target.value)} />}</Field>
        <Field label="Role">{({ id }) => <Select id={id} value={role} onChange={setRole} options={roleOptions} />}</Field>
        <Button submit variant="primary" busy={invite.isPending} disabled={name.trim() === '' || email.trim() === ''} className="self-start">Create link</Button>
      </Form>
    </Dialog>
  )
}

function Row({ account, self }: { account: Account; self: boolean }): ReactNode {
  const change = useChange({ change: (body: Parameters<typeof call<'changeAccount'>>[1]['body']) => call('changeAccount', { params: { id: account.id }, body }), stale: ['listAccounts'], done: 'Account changed' })
  return (
    <tr className={account.disabled ? 'text-ink-3' : ''}>
      <td><span className="font-medium">{account.name}</span>{self ? <Tag className="ml-2">You</Tag> : null}<span className="block text-xs text-ink-3">{account.email}</span></td>
      <td>{self ? capital(account.role) : <Select label={`Role of ${account.name}`} className="w-36!" value={account.role} onChange={(role) => change.mutate({ role })} options={roles.map((value) => ({ value, label: capital(value) }))} />}</td>
      <td>{account.totpEnabled ? 'On' : 'Off'}</td>
      <td>{account.lastSignInAt === null ? 'Never' : <When at={account.lastSignInAt} />}</td>
      <td><span className="flex items-center gap-2">{self ? 'Yes' : <Switch label={`${account.name} may sign in`} checked={!account.disabled} disabled={change.isPending} onChange={(on) => change.mutate({ disabled: !on })} />}</span></td>
    </tr>
  )
}

/** The people who may sign in. */
export function AccountsTab(): ReactNode {
  const { account } = useSuspenseQuery(sessionQuery).data
  const accounts = useMore<Account>('listAccounts', {}, 100)
  const [inviting, setInviting] = useState(false)
  const [url, setUrl] = useState<string | null>(null)
  return (
    <Section title="Accounts" aside={<Button onClick={() => setInviting(true)}><Plus aria-hidden />Invite</Button>}>
      {accounts.pending ? <SkeletonRows rows={4} /> : accounts.error !== null ? <Failure error={accounts.error} onRetry={accounts.retry} /> : (
        <SimpleTable label="Accounts" head={['Person', 'Role', 'One-time codes', 'Last sign-in', 'May sign in']}>{accounts.rows.map((row) => <Row key={row.id} account={row} self={row.id === account?.id} />)}</SimpleTable>
      )}
      {accounts.more === null ? null : <Button className="mt-3" onClick={accounts.more}>Show more</Button>}
      {inviting ? <Invite onClose={() => setInviting(false)} onInvited={(created) => { setInviting(false); setUrl(created) }} /> : null}
      {url === null ? null : <ShownOnce title="Invitation link" description="Send it to them. It is shown this once and works once within 24 hours." value={url} what="link" onClose={() => setUrl(null)} />}
    </Section>
  )
}
