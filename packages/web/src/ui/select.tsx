import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { inputClass } from './field.tsx'

export type Option<Value extends string> = { readonly value: Value; readonly label: string; readonly hint?: string }

/** Chooses one of a short list. */
export function Select<Value extends string>({ value, options, onChange, label, id, className, disabled = false }: {
  value: Value
  options: readonly Option<Value>[]
  onChange: (value: Value) => void
  /** Accessible name where no visible label is wired by `id`. */
  label?: string
  id?: string
  className?: string
  disabled?: boolean
}): ReactNode {
  return (
    <Base.Root value={value} disabled={disabled} items={options} onValueChange={(next) => next !== null && onChange(next)}>
      <Base.Trigger id={id} aria-label={label} className={cx(inputClass, 'inline-flex items-center justify-between gap-2 text-left', className)}>
        <Base.Value className="truncate" />
        <Base.Icon className="text-ink-3"><ChevronsUpDown className="size-3" aria-hidden /></Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="max-h-80 min-w-(--anchor-width) overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="flex min-h-7 items-center gap-2 rounded-md py-1 pr-3 pl-2 text-sm outline-none data-highlighted:bg-hover">
                <span className="w-3.5"><Base.ItemIndicator><Check className="size-3.5" aria-hidden /></Base.ItemIndicator></span>
                <Base.ItemText>{option.label}</Base.ItemText>
                {option.hint === undefined ? null : <span className="ml-auto pl-4 text-xs text-ink-3">{option.hint}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
