import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

type Props = { checked: boolean; onChange: (checked: boolean) => void; label: string; disabled?: boolean; className?: string }

/** A check box; `label` is shown unless `bare`. */
export function Checkbox({ checked, onChange, label, disabled = false, mixed = false, bare = false, className }: Props & { mixed?: boolean; bare?: boolean }): ReactNode {
  const box = (
    <Base.Root
      checked={checked}
      indeterminate={mixed}
      disabled={disabled}
      aria-label={bare ? label : undefined}
      onCheckedChange={(next) => onChange(next)}
      className="inset-focus flex size-3.5 shrink-0 items-center justify-center rounded-[3px] bg-raised ring-1 ring-line-strong ring-inset hover:ring-ink-3 data-checked:bg-accent-solid data-checked:ring-accent-solid data-disabled:opacity-50 data-indeterminate:bg-accent-solid data-indeterminate:ring-accent-solid"
    >
      <Base.Indicator className="text-on-accent">{mixed ? <Minus className="size-3" strokeWidth={3} aria-hidden /> : <Check className="size-3" strokeWidth={3} aria-hidden />}</Base.Indicator>
    </Base.Root>
  )
  return bare ? box : (
    <label className={cx('flex items-center gap-2 text-sm select-none', className)}>
      {box}
      <span className="min-w-0">{label}</span>
    </label>
  )
}

/** On or off, taking effect at once. */
export function Switch({ checked, onChange, label, disabled = false }: Props): ReactNode {
  return (
    <BaseSwitch.Root
      checked={checked}
      disabled={disabled}
      aria-label={label}
      onCheckedChange={(next) => onChange(next)}
      className="flex h-4 w-7 shrink-0 rounded-full bg-ink-3 p-0.5 transition-colors data-checked:bg-accent-solid data-disabled:opacity-50"
    >
      <BaseSwitch.Thumb className="size-3 rounded-full bg-on-accent transition-transform data-checked:translate-x-3" />
    </BaseSwitch.Root>
  )
}
