import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { useChange } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Textarea } from '../../ui/field.tsx'
import { emptyForm, optionsOf, problemsOf, type ScanForm, type ScanKind } from './options.ts'
import { ScanFields } from './scan-fields.tsx'

/** Starts a scan and goes to its page; of `connection` where the way here named one. */
export function NewScanDialog({ connection, onClose }: { connection: { readonly id: string; readonly kind: ScanKind } | null; onClose: () => void }): ReactNode {
  const navigate = useNavigate()
  const [form, setForm] = useState<ScanForm>(connection === null ? emptyForm : { ...emptyForm, kind: connection.kind, connection: connection.id })
  const [shown, setShown] = useState(false)
  const start = useChange({
    change: () => call('createScan', { body: { kind: form.kind, options: optionsOf(form), passphrases: form.kind === 'host' ? form.passphrases.split('\n').filter((line) => line !== '') : [] } }),
    stale: ['listScans', 'getOverview'],
    quiet: true,
    onDone: (scan) => void navigate({ to: '/scans/$id', params: { id: scan.id } }),
  })
  const problems = problemsOf(form)
  const refusal = start.error instanceof ApiProblem ? start.error : null
  const submit = (): void => {
    setShown(true)
    if (Object.keys(problems).length === 0) start.mutate(undefined)
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="New scan"
      footer={<><Button variant="ghost" onClick={onClose}>Cancel</Button><Button variant="primary" busy={start.isPending} onClick={submit}>Start scan</Button></>}
    >
      <Form onSubmit={submit} className="flex flex-col gap-4">
        <ScanFields focused form={form} problems={shown ? problems : {}} onChange={setForm} />
        {form.kind === 'host' ? (
          <Field label="Passphrases to try on keystores and encrypted keys" hint="One per line. Kept in memory for this scan only, never stored, never guessed.">
            {(wiring) => <Textarea {...wiring} rows={2} autoComplete="off" className="mono [-webkit-text-security:disc]" value={form.passphrases} onChange={(event) => setForm({ ...form, passphrases: event.target.value })} />}
          </Field>
        ) : null}
        {refusal === null ? null : <div role="alert" className="text-critical">{refusal.message}{Object.entries(refusal.fields).map(([path, message]) => <span key={path} className="block text-xs">{path}: {message}</span>)}</div>}
      </Form>
    </Dialog>
  )
}
