import type { ReactNode } from 'react'
import { countText } from '../format/names.ts'
import { useChosenInSight } from './chosen-in-sight.ts'
import { cx } from './cx.ts'

/** A row of small tabs over a list: one filter each, with how many it matches where that is known. */
export function QuietTabs({ label, tabs }: { label: string; tabs: readonly { readonly key: string; readonly label: string; /** What it means, for whoever points at it. */ readonly hint?: string; readonly count?: number | null; readonly on: boolean; readonly onChoose: () => void }[] }): ReactNode {
  const row = useChosenInSight<HTMLDivElement>(tabs.find((tab) => tab.on)?.key ?? '')
  return (
    <div ref={row} role="group" aria-label={label} className="flex h-9 shrink-0 items-center gap-1 overflow-x-auto border-b border-line px-page-8 [scrollbar-width:none]">
      {tabs.map((tab) => (
        <button key={tab.key} type="button" aria-pressed={tab.on} onClick={tab.onChoose} title={tab.hint} className={cx('h-6 shrink-0 rounded-md px-2 text-xs whitespace-nowrap', tab.on ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink')}>
          {tab.label}
          {tab.count === undefined || tab.count === null ? null : <> <span className="ml-0.5 font-normal text-ink-3">{countText(tab.count)}</span></>}
        </button>
      ))}
    </div>
  )
}
