import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { routeQuery } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { When } from '../../ui/time.tsx'

const LEAST_PASSWORD = 12

/** Makes an account out of a sign-in link. */
export function LinkForm({ token, onDone, onPassword }: { token: string; onDone: () => Promise<void>; onPassword: () => void }): ReactNode {
  const link = useQuery(routeQuery('getSignInLink', { body: { token } }))
  const [values, setValues] = useState<{ email: string | null; name: string; password: string }>({ email: null, name: '', password: '' })
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const email = values.email ?? link.data?.email ?? ''
  const submit = async (): Promise<void> => {
    setBusy(true)
    setProblem(null)
    try {
      await call('redeemSignInLink', { body: { token, email, name: values.name, password: values.password } })
      await onDone()
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: 'internal', message: 'That did not work', requestId: null }))
    } finally {
      setBusy(false)
    }
  }
  if (link.isPending) return <div role="status" aria-label="Checking the link" className="flex flex-col gap-4"><Skeleton className="h-6 w-40" /><Skeleton className="h-8 w-full" /><Skeleton className="h-8 w-full" /></div>
  if (link.isError) {
    return (
      <div role="alert" className="flex flex-col items-start gap-3">
        <h1 className="text-xl font-semibold">This link does not work any more</h1>
        <p className="text-ink-2">{link.error.message}. A link is good for one sign-in and for a short time. The server prints a new one on its console, and an administrator can send another.</p>
        <Button onClick={onPassword}>Sign in with a password</Button>
      </div>
    )
  }
  const short = values.password !== '' && values.password.length < LEAST_PASSWORD
  return (
    <Form onSubmit={() => void submit()} className="flex flex-col gap-4">
      <div>
        <h1 className="text-xl font-semibold">{link.data.purpose === 'first-administrator' ? 'Welcome' : 'Join Muster'}</h1>
        <p className="mt-1 text-ink-2">{link.data.purpose === 'first-administrator' ? 'You become the first administrator of this installation.' : 'You were invited to this installation.'} The link ends <When at={link.data.expiresAt} />.</p>
      </div>
      <Field label="Your name" error={problem?.fields['name']}>{(wiring) => <Input {...wiring} autoFocus autoComplete="name" required maxLength={120} className="h-8" value={values.name} onChange={(event) => setValues({ ...values, name: event.target.value })} />}</Field>
      <Field label="E-mail" error={problem?.fields['email']}>{(wiring) => <Input {...wiring} type="email" autoComplete="username" required className="h-8" value={email} onChange={(event) => setValues({ ...values, email: event.target.value })} />}</Field>
      <Field label="Password" hint={`At least ${LEAST_PASSWORD} characters`} error={problem?.fields['password'] ?? (short ? `${LEAST_PASSWORD - values.password.length} more characters` : undefined)}>
        {(wiring) => <Input {...wiring} type="password" autoComplete="new-password" required className="h-8" value={values.password} onChange={(event) => setValues({ ...values, password: event.target.value })} />}
      </Field>
      {problem !== null && Object.keys(problem.fields).length === 0 ? <p role="alert" className="text-critical">{problem.message}</p> : null}
      <Button variant="primary" submit busy={busy} className="h-8" disabled={values.name.trim() === '' || email === '' || values.password.length < LEAST_PASSWORD}>Create account</Button>
    </Form>
  )
}
