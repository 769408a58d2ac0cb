import { roles, type ApiToken, type Role } from '@muster/core/api'
import { useSuspenseQuery } from '@tanstack/react-query'
import { KeySquare, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useMore } from '../../api/more.ts'
import { sessionQuery, useChange } from '../../api/query.ts'
import { capital } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmButton, Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section, Tag } from '../../ui/text.tsx'
import { useNow, When } from '../../ui/time.tsx'

const lifetimes = ['7', '30', '90', '365', 'never'] as const

function NewToken({ most, onClose, onCreated }: { most: Role; onClose: () => void; onCreated: (token: string) => void }): ReactNode {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [lifetime, setLifetime] = useState<(typeof lifetimes)[number]>('90')
  const create = useChange({ change: () => call('createApiToken', { body: { name: name.trim(), role, lifetimeDays: lifetime === 'never' ? null : Number(lifetime) } }), stale: ['listApiTokens'], onDone: ({ token }) => onCreated(token) })
  return (
    <Dialog open onClose={onClose} title="New API token">
      <Form onSubmit={() => create.mutate(undefined)} className="flex flex-col gap-4">
        <Field label="Name" hint="What will use it">{(wiring) => <Input {...wiring} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <div className="grid grid-cols-2 gap-4">
          <Field label="Role">{({ id }) => <Select id={id} value={role} onChange={setRole} options={roles.slice(0, roles.indexOf(most) + 1).map((value) => ({ value, label: capital(value) }))} />}</Field>
          <Field label="Good for">{({ id }) => <Select id={id} value={lifetime} onChange={setLifetime} options={lifetimes.map((value) => ({ value, label: value === 'never' ? 'Ever' : value === '365' ? '1 year' : `${value} days` }))} />}</Field>
        </div>
        <Button submit variant="primary" busy={create.isPending} disabled={name.trim() === ''} className="self-start">Create token</Button>
      </Form>
    </Dialog>
  )
}

function Row({ token }: { token: ApiToken }): ReactNode {
  const now = useNow()
  const revoke = useChange({ change: () => call('revokeApiToken', { params: { id: token.id } }), stale: ['listApiTokens'], done: 'Token revoked' })
  const over = token.expiresAt !== null && Date.parse(token.expiresAt) < now.getTime()
  return (
    <tr className={token.revokedAt !== null || over ? 'text-ink-3' : ''}>
      <td className="font-medium">{token.name}</td>
      <td>{capital(token.role)}</td>
      <td>{token.createdBy}</td>
      <td><When at={token.lastUsedAt} /></td>
      <td>{token.revokedAt !== null ? <Tag>Revoked</Tag> : token.expiresAt === null ? 'Never' : <When at={token.expiresAt} />}</td>
      <td className="text-right">{token.revokedAt === null ? <ConfirmButton label={`Revoke ${token.name}`} title={`Revoke “${token.name}”?`} description="Whatever uses it is refused from now on." action="Revoke token" icon={<Trash2 aria-hidden />} onConfirm={() => revoke.mutateAsync(undefined)} /> : null}</td>
    </tr>
  )
}

/** Tokens for scripts and the command line. */
export function TokensTab(): ReactNode {
  const { role } = useSuspenseQuery(sessionQuery).data
  const tokens = useMore<ApiToken>('listApiTokens', {}, 100)
  const [adding, setAdding] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const add = <Button onClick={() => setAdding(true)}><Plus aria-hidden />New token</Button>
  return (
    <Section title="API tokens" note="for scripts and the muster command" aside={tokens.rows.length > 0 ? add : null}>
      {tokens.pending ? <SkeletonRows rows={3} /> : tokens.error !== null ? <Failure error={tokens.error} onRetry={tokens.retry} /> : tokens.rows.length === 0 ? <Empty icon={KeySquare} title="No API tokens" action={add}>A token lets a script use the API with at most your role.</Empty> : (
        <SimpleTable label="API tokens" head={['Name', 'Role', 'Created by', 'Last used', 'Expires', '']}>{tokens.rows.map((row) => <Row key={row.id} token={row} />)}</SimpleTable>
      )}
      {tokens.more === null ? null : <Button className="mt-3" onClick={tokens.more}>Show more</Button>}
      {adding ? <NewToken most={role ?? 'viewer'} onClose={() => setAdding(false)} onCreated={(created) => { setAdding(false); setToken(created) }} /> : null}
      {token === null ? null : <ShownOnce title="The new token" description="It is shown this once and stored hashed." value={token} what="token" onClose={() => setToken(null)} />}
    </Section>
  )
}
