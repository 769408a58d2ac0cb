import type { ReactNode } from 'react'
import { Tabs as Base } from '@base-ui/react/tabs'

/** Tabs over one panel; the parent shows the panel of `value` inside {@link TabPanel}. */
export function Tabs<Value extends string>({ value, onChange, tabs, children, label }: {
  value: Value
  onChange: (value: Value) => void
  tabs: readonly { value: Value; label: string; count?: number | null }[]
  children: ReactNode
  label: string
}): ReactNode {
  return (
    <Base.Root value={value} onValueChange={(next: Value) => onChange(next)} className="flex min-h-0 grow flex-col">
      <Base.List aria-label={label} className="flex shrink-0 gap-5 border-b border-line">
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} className="-mb-px border-b-2 border-transparent pt-1.5 pb-2 text-sm whitespace-nowrap text-ink-2 hover:text-ink data-active:border-accent data-active:font-medium data-active:text-ink">
            {tab.label}
            {tab.count === undefined || tab.count === null ? null : <> <span className="ml-0.5 text-xs font-normal text-ink-3">{tab.count}</span></>}
          </Base.Tab>
        ))}
      </Base.List>
      {children}
    </Base.Root>
  )
}
export function TabPanel({ value, children, className }: { value: string; children: ReactNode; className?: string }): ReactNode {
  return <Base.Panel value={value} className={className} tabIndex={-1}>{children}</Base.Panel>
}
