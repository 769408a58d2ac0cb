import { criticalities, environments, type Labels } from '@muster/core'
import { useState, type ReactNode } from 'react'
import { capital } from '../format/names.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field, Form, Input, Textarea } from './field.tsx'
import { Select } from './select.tsx'

type Patch = Partial<Labels>
const KEEP = 'keep'
const NONE = 'none'

function Choice({ label, values, value, onChange }: { label: string; values: readonly string[]; value: string; onChange: (value: string) => void }): ReactNode {
  return (
    <Field label={label}>
      {({ id }) => <Select id={id} value={value} onChange={onChange} options={[{ value: KEEP, label: 'Leave as it is' }, ...values.map((entry) => ({ value: entry, label: capital(entry) })), { value: NONE, label: 'Not set' }]} />}
    </Field>
  )
}

/** Sets labels on many things at once; what is left alone is not touched. */
export function LabelsDialog({ title, description, busy, onClose, onSave }: { title: string; description?: string; busy: boolean; onClose: () => void; onSave: (patch: Patch) => void }): ReactNode {
  const [owner, setOwner] = useState('')
  const [purpose, setPurpose] = useState('')
  const [criticality, setCriticality] = useState(KEEP)
  const [environment, setEnvironment] = useState(KEEP)
  const patch: Patch = {
    ...(owner.trim() === '' ? {} : { owner: owner.trim() === '-' ? null : owner.trim() }),
    ...(purpose.trim() === '' ? {} : { purpose: purpose.trim() === '-' ? null : purpose.trim() }),
    ...(criticality === KEEP ? {} : { criticality: criticality === NONE ? null : (criticality as Labels['criticality']) }),
    ...(environment === KEEP ? {} : { environment: environment === NONE ? null : (environment as Labels['environment']) }),
  }
  const some = Object.keys(patch).length > 0
  return (
    <Dialog open onClose={onClose} title={title} {...(description === undefined ? {} : { description })}>
      <Form onSubmit={() => some && onSave(patch)} className="flex flex-col gap-4">
        <Field label="Owner" hint="Empty leaves it as it is; a single - takes it away">{(wiring) => <Input {...wiring} autoFocus maxLength={256} value={owner} placeholder="Team or person" onChange={(event) => setOwner(event.target.value)} />}</Field>
        <div className="grid grid-cols-2 gap-4">
          <Choice label="Criticality" values={criticalities} value={criticality} onChange={setCriticality} />
          <Choice label="Environment" values={environments} value={environment} onChange={setEnvironment} />
        </div>
        <Field label="Purpose">{(wiring) => <Textarea {...wiring} rows={2} maxLength={1024} value={purpose} onChange={(event) => setPurpose(event.target.value)} />}</Field>
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>Cancel</Button>
          <Button submit variant="primary" busy={busy} disabled={!some}>Set labels</Button>
        </div>
      </Form>
    </Dialog>
  )
}
