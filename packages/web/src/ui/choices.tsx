import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** One of a few, side by side. */
export function Choices<Value extends string | number | boolean>({ label, value, onChange, options }: { label: string; value: Value; onChange: (value: Value) => void; options: readonly { readonly value: Value; readonly label: string; readonly icon?: ReactNode }[] }): ReactNode {
  return (
    <div role="group" aria-label={label} className="flex h-7 items-center gap-0.5 rounded-md bg-hover p-0.5">
      {options.map((option) => (
        <button
          key={String(option.value)}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx('flex h-6 items-center gap-1.5 rounded-[5px] px-2 whitespace-nowrap [&_svg]:size-3.5', option.value === value ? 'bg-raised font-medium shadow-[0_0_0_1px_var(--line-strong)]' : 'text-ink-2 hover:text-ink')}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  )
}
