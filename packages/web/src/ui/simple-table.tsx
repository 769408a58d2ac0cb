import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A short table in the house look; rows are plain `tr` with `td`. Headings that end in `#` align right; an empty one is for actions. */
export function SimpleTable({ label, head, children, className }: { label: string; head: readonly string[]; children: ReactNode; className?: string }): ReactNode {
  return (
    <div className={cx('relative overflow-x-auto', className)}>
      <table aria-label={label} className="w-full border-collapse text-left [&_td]:h-9 [&_td]:border-b [&_td]:border-line [&_td]:py-1.5 [&_td]:pr-5 [&_td:last-child]:pr-0 max-sm:[&_td]:min-w-20">
        <thead>
          <tr className="border-b border-line text-xs text-ink-3">
            {head.map((title, index) => (
              <th key={`${title}${index}`} scope="col" className={cx('h-7 pr-5 font-medium whitespace-nowrap', title.endsWith('#') && 'text-right')}>
                {title === '' ? <span className="sr-only">Actions</span> : title.replace('#', '')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
