import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { sessionQuery } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'

/** E-mail and password, then the one-time code where the account asks for one. */
export function PasswordForm({ onDone }: { onDone: () => Promise<void> }): ReactNode {
  const session = useQuery(sessionQuery)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<void> => {
    setBusy(true)
    setProblem(null)
    try {
      await call('signIn', { body: { email, password, ...(code === null ? {} : { totp: code.trim() }) } })
      await onDone()
    } catch (error) {
      const refusal = error instanceof ApiProblem ? error : null
      if (refusal?.code === 'auth.totp-required') setCode('')
      else setProblem(refusal?.code === 'request.invalid' ? 'Check the e-mail address and the password' : (refusal?.message ?? 'Signing in did not work'))
    } finally {
      setBusy(false)
    }
  }
  if (session.data?.setupRequired === true) {
    return (
      <div className="flex flex-col gap-2">
        <h1 className="text-xl font-semibold">Nobody has an account yet</h1>
        <p className="text-ink-2">Open the sign-in link that the server printed when it started. It makes you the first administrator. A restart prints a new one.</p>
      </div>
    )
  }
  return (
    <Form onSubmit={() => void submit()} className="flex flex-col gap-4">
      <h1 className="text-xl font-semibold">{code === null ? 'Sign in' : 'One-time code'}</h1>
      {code === null ? (
        <>
          <Field label="E-mail">{(wiring) => <Input {...wiring} type="email" autoComplete="username" autoFocus required value={email} className="h-8" onChange={(event) => setEmail(event.target.value)} />}</Field>
          <Field label="Password">{(wiring) => <Input {...wiring} type="password" autoComplete="current-password" required value={password} className="h-8" onChange={(event) => setPassword(event.target.value)} />}</Field>
        </>
      ) : (
        <Field label="Six digits from your authenticator app">
          {(wiring) => <Input {...wiring} autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={6} value={code} className="mono h-9 text-center text-lg tracking-[0.4em]" onChange={(event) => setCode(event.target.value)} />}
        </Field>
      )}
      {problem === null ? null : <p role="alert" className="text-critical">{problem}</p>}
      <div className="flex items-center gap-2">
        <Button variant="primary" submit busy={busy} className="h-8 grow">Sign in</Button>
        {code === null ? null : <Button variant="ghost" className="h-8" onClick={() => { setCode(null); setProblem(null) }}>Back</Button>}
      </div>
    </Form>
  )
}
