import { useState, type ReactNode } from 'react'
import { Button } from '../button.tsx'
import { Checkbox } from '../checkbox.tsx'
import { Form, Input } from '../field.tsx'
import type { FilterDefinition } from './definition.ts'

/** Edits the value of one filter inside a popover. */
export function FilterEditor({ definition, value, onChange, onDone }: { definition: FilterDefinition; value: unknown; onChange: (value: unknown) => void; onDone: () => void }): ReactNode {
  const [text, setText] = useState(definition.type === 'date' ? String(value ?? '').slice(0, 10) : String(value ?? ''))
  switch (definition.type) {
    case 'options': {
      const chosen = (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String)
      const toggle = (option: string, on: boolean): void => {
        if (definition.single === true) {
          onChange(on ? option : undefined)
          onDone()
        } else onChange(on ? [...chosen, option] : chosen.filter((entry) => entry !== option))
      }
      return (
        <div role="group" aria-label={definition.label} className="flex max-h-80 w-56 flex-col overflow-y-auto">
          {definition.options.map((option) => (
            <Checkbox key={option.value} className="h-7 rounded-md px-2 hover:bg-hover" label={option.label} checked={chosen.includes(option.value)} onChange={(on) => toggle(option.value, on)} />
          ))}
        </div>
      )
    }
    case 'flag':
      return <Checkbox className="h-7 w-56 rounded-md px-2 hover:bg-hover" label={definition.meaning} checked={value === true} onChange={(on) => { onChange(on ? true : undefined); onDone() }} />
    default: {
      const apply = (): void => {
        const trimmed = text.trim()
        onChange(trimmed === '' ? undefined : definition.type === 'number' ? Number(trimmed) : definition.type === 'date' ? `${trimmed}T00:00:00Z` : trimmed)
        onDone()
      }
      return (
        <Form onSubmit={apply} className="flex w-64 gap-2 p-1">
          <Input autoFocus aria-label={definition.label} type={definition.type} value={text} placeholder={definition.type === 'date' ? undefined : definition.placeholder} onChange={(event) => setText(event.target.value)} />
          <Button submit variant="primary">Apply</Button>
        </Form>
      )
    }
  }
}
