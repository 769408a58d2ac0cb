import { ListFilter, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../button.tsx'
import { Popover } from '../popover.tsx'
import { summaryOf, type FilterDefinition, type FilterValues } from './definition.ts'
import { FilterEditor } from './editor.tsx'

type Change = (patch: Record<string, unknown>) => void

function Chip({ definition, value, onChange }: { definition: FilterDefinition; value: unknown; onChange: Change }): ReactNode {
  const [open, setOpen] = useState(false)
  return (
    <span className="inline-flex h-7 max-w-72 items-stretch rounded-md bg-accent-wash text-sm">
      <Popover
        open={open}
        onOpenChange={setOpen}
        title={definition.label}
        trigger={
          <button type="button" className="min-w-0 truncate rounded-l-md pr-1 pl-2.5">
            <span className="text-ink-2">{definition.type === 'flag' ? '' : `${definition.label}: `}</span>
            {summaryOf(definition, value)}
          </button>
        }
      >
        <FilterEditor definition={definition} value={value} onChange={(next) => onChange({ [definition.key]: next })} onDone={() => setOpen(false)} />
      </Popover>
      <button type="button" aria-label={`Remove filter ${definition.label}`} className="flex w-6 items-center justify-center rounded-r-md text-ink-2 hover:text-ink" onClick={() => onChange({ [definition.key]: undefined })}>
        <X className="size-3" aria-hidden />
      </button>
    </span>
  )
}

function AddFilter({ definitions, values, onChange }: { definitions: readonly FilterDefinition[]; values: FilterValues; onChange: Change }): ReactNode {
  const [open, setOpen] = useState(false)
  const [editing, setEditing] = useState<FilterDefinition | null>(null)
  const change = (next: boolean): void => {
    setOpen(next)
    if (!next) setEditing(null)
  }
  return (
    <Popover open={open} onOpenChange={change} title="Add a filter" trigger={<Button variant="ghost"><ListFilter aria-hidden />Filter</Button>}>
      {editing === null ? (
        <div className="flex max-h-96 w-52 flex-col overflow-y-auto">
          {definitions.map((definition) => (
            <button key={definition.key} type="button" className="inset-focus flex h-7 items-center rounded-md px-2 text-left text-sm hover:bg-hover" onClick={() => setEditing(definition)}>
              {definition.label}
              <span className="ml-auto max-w-24 truncate pl-3 text-xs text-ink-3">{summaryOf(definition, values[definition.key])}</span>
            </button>
          ))}
        </div>
      ) : (
        <FilterEditor definition={editing} value={values[editing.key]} onChange={(next) => onChange({ [editing.key]: next })} onDone={() => change(false)} />
      )}
    </Popover>
  )
}

/** The filters in force as chips, a button that adds one, and a way back to none; those `told` elsewhere on the page have no chip. */
export function FilterBar({ definitions, values, onChange, told = [] }: { definitions: readonly FilterDefinition[]; values: FilterValues; onChange: Change; told?: readonly string[] }): ReactNode {
  const active = definitions.filter((definition) => summaryOf(definition, values[definition.key]) !== null && !told.includes(definition.key))
  return (
    <>
      {active.map((definition) => <Chip key={definition.key} definition={definition} value={values[definition.key]} onChange={onChange} />)}
      <AddFilter definitions={definitions} values={values} onChange={onChange} />
      {active.length === 0 ? null : (
        <Button variant="ghost" onClick={() => onChange(Object.fromEntries(active.map((definition) => [definition.key, undefined])))}>Clear</Button>
      )}
    </>
  )
}
