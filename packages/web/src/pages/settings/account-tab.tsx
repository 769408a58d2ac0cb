import { useSuspenseQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { sessionQuery, useChange } from '../../api/query.ts'
import { themes, useTheme } from '../../app/theme.ts'
import { capital } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { Fact, Facts, Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { TwoFactor } from './two-factor.tsx'

const LEAST_PASSWORD = 12

function Password(): ReactNode {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const save = useChange({ change: () => call('changePassword', { body: { current, next } }), stale: ['getSession'], done: 'Password changed', quiet: true, onDone: () => { setCurrent(''); setNext('') } })
  const refusal = save.error instanceof ApiProblem ? save.error : null
  const short = next !== '' && next.length < LEAST_PASSWORD
  return (
    <Form onSubmit={() => save.mutate(undefined)} className="flex max-w-xs flex-col gap-4">
      <Field label="Current password" error={refusal?.message}>{(wiring) => <Input {...wiring} type="password" autoComplete="current-password" value={current} onChange={(event) => setCurrent(event.target.value)} />}</Field>
      <Field label="New password" hint={`At least ${LEAST_PASSWORD} characters`} error={short ? `${LEAST_PASSWORD - next.length} more characters` : undefined}>{(wiring) => <Input {...wiring} type="password" autoComplete="new-password" value={next} onChange={(event) => setNext(event.target.value)} />}</Field>
      <Button submit busy={save.isPending} className="self-start" disabled={current === '' || next.length < LEAST_PASSWORD}>Change password</Button>
    </Form>
  )
}

/** The person's own account and this browser's appearance. */
export function AccountTab(): ReactNode {
  const { account, expiresAt } = useSuspenseQuery(sessionQuery).data
  const [theme, setTheme] = useTheme()
  if (account === null) return null
  return (
    <div className="flex flex-col gap-10">
      <Section title="Account">
        <Facts>
          <Fact name="Name">{account.name}</Fact>
          <Fact name="E-mail">{account.email}</Fact>
          <Fact name="Role">{capital(account.role)}</Fact>
          <Fact name="Member since"><When at={account.createdAt} /></Fact>
          <Fact name="Session ends"><When at={expiresAt} /></Fact>
        </Facts>
      </Section>
      <Section title="Appearance"><Field label="Theme" className="max-w-40">{({ id }) => <Select id={id} value={theme} onChange={setTheme} options={themes.map((value) => ({ value, label: value === 'system' ? 'As the system' : capital(value) }))} />}</Field></Section>
      <Section title="Password"><Password /></Section>
      <Section title="One-time codes" note={account.totpEnabled ? 'on' : 'off'}><TwoFactor enabled={account.totpEnabled} /></Section>
    </div>
  )
}
