import type { RouteOutput } from '@muster/core/api'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Mono } from '../../ui/text.tsx'
import { QrCode } from '../../viz/qr-code.tsx'

function CodeForm({ label, action, onCode, busy, problem }: { label: string; action: string; onCode: (code: string) => void; busy: boolean; problem: string | undefined }): ReactNode {
  const [code, setCode] = useState('')
  return (
    <Form onSubmit={() => onCode(code)} className="flex items-start gap-2">
      <Field label={label} error={problem} className="w-40">
        {(wiring) => <Input {...wiring} inputMode="numeric" autoComplete="one-time-code" maxLength={6} className="mono" value={code} onChange={(event) => setCode(event.target.value.replaceAll(/\D/g, ''))} />}
      </Field>
      <Button submit variant="primary" busy={busy} disabled={code.length !== 6} className="mt-5">{action}</Button>
    </Form>
  )
}

function Enrolment({ enrolment, onDone }: { enrolment: RouteOutput<'enrolTotp'>; onDone: () => void }): ReactNode {
  const confirm = useChange({ change: (code: string) => call('confirmTotp', { body: { code } }), stale: ['getSession'], done: 'One-time codes are on', quiet: true, onDone })
  return (
    <div className="flex flex-wrap gap-8">
      <QrCode text={enrolment.uri} label="QR code for authenticator apps" />
      <div className="flex max-w-sm min-w-0 flex-col gap-4">
        <p>Scan the code with an authenticator app, or type the secret, then confirm with the six digits it shows.</p>
        <div><div className="text-xs text-ink-3">Secret</div><Mono copy="secret">{enrolment.secret}</Mono></div>
        <CodeForm label="Six digits" action="Turn on" busy={confirm.isPending} problem={confirm.error instanceof ApiProblem ? confirm.error.message : undefined} onCode={(code) => confirm.mutate(code)} />
      </div>
    </div>
  )
}

/** Turns one-time codes (TOTP) on or off. */
export function TwoFactor({ enabled }: { enabled: boolean }): ReactNode {
  const [enrolment, setEnrolment] = useState<RouteOutput<'enrolTotp'> | null>(null)
  const begin = useChange({ change: () => call('enrolTotp'), stale: [], onDone: setEnrolment })
  const disable = useChange({ change: (code: string) => call('disableTotp', { body: { code } }), stale: ['getSession'], done: 'One-time codes are off', quiet: true })
  if (enabled) {
    return (
      <div className="flex flex-col gap-4">
        <p className="text-ink-2">Signing in asks for a code from your authenticator app.</p>
        <CodeForm label="Six digits to turn it off" action="Turn off" busy={disable.isPending} problem={disable.error instanceof ApiProblem ? disable.error.message : undefined} onCode={(code) => disable.mutate(code)} />
      </div>
    )
  }
  if (enrolment !== null) return <Enrolment enrolment={enrolment} onDone={() => setEnrolment(null)} />
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="max-w-prose text-ink-2">A code from an authenticator app at every sign-in keeps a stolen password from being enough.</p>
      <Button busy={begin.isPending} onClick={() => begin.mutate(undefined)}>Set up one-time codes</Button>
    </div>
  )
}
