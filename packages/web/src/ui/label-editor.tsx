import { criticalities, environments, type Labels } from '@muster/core'
import { Pencil } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { capital } from '../format/names.ts'
import { Button } from './button.tsx'
import { Form, Input } from './field.tsx'
import { Select } from './select.tsx'
import { Fact, Facts } from './text.tsx'

type Save = (patch: Partial<Labels>) => void
const NONE = 'none'

function TextLabel({ name, value, editable, onSave }: { name: string; value: string | null; editable: boolean; onSave: (value: string | null) => void }): ReactNode {
  const [text, setText] = useState<string | null>(null)
  if (text === null) {
    const shown = value ?? <span className="text-ink-3">Not set</span>
    return editable ? (
      <button type="button" aria-label={`${name}: ${value ?? 'not set'}. Edit`} className="group -mx-1.5 flex max-w-full items-center gap-1.5 rounded-md px-1.5 text-left hover:bg-hover" onClick={() => setText(value ?? '')}>
        <span className="min-w-0 break-words">{shown}</span>
        <Pencil className="size-3 shrink-0 text-ink-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100" aria-hidden />
      </button>
    ) : shown
  }
  const save = (): void => {
    const next = text.trim() === '' ? null : text.trim()
    if (next !== value) onSave(next)
    setText(null)
  }
  return (
    <Form onSubmit={save} className="-my-1 flex gap-1.5">
      <Input autoFocus aria-label={name} maxLength={256} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); setText(null) } }} />
      <Button submit variant="primary">Save</Button>
    </Form>
  )
}

function EnumLabel<Value extends string>({ name, value, values, editable, onSave }: { name: string; value: Value | null; values: readonly Value[]; editable: boolean; onSave: (value: Value | null) => void }): ReactNode {
  if (!editable) return value === null ? <span className="text-ink-3">Not set</span> : capital(value)
  return (
    <Select
      label={name}
      value={value ?? NONE}
      onChange={(next) => onSave(next === NONE ? null : (next as Value))}
      className="-mx-2 -my-1 w-36! bg-transparent! ring-0! hover:bg-hover!"
      options={[{ value: NONE, label: 'Not set' }, ...values.map((entry) => ({ value: entry as string, label: capital(entry) }))]}
    />
  )
}

/** Owner, criticality, environment and purpose, each changed where it stands. */
export function LabelEditor({ labels, editable, onSave }: { labels: Labels; editable: boolean; onSave: Save }): ReactNode {
  return (
    <Facts>
      <Fact name="Owner"><TextLabel name="Owner" value={labels.owner} editable={editable} onSave={(owner) => onSave({ owner })} /></Fact>
      <Fact name="Criticality"><EnumLabel name="Criticality" value={labels.criticality} values={criticalities} editable={editable} onSave={(criticality) => onSave({ criticality })} /></Fact>
      <Fact name="Environment"><EnumLabel name="Environment" value={labels.environment} values={environments} editable={editable} onSave={(environment) => onSave({ environment })} /></Fact>
      <Fact name="Purpose"><TextLabel name="Purpose" value={labels.purpose} editable={editable} onSave={(purpose) => onSave({ purpose })} /></Fact>
    </Facts>
  )
}
