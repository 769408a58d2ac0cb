import type { ReactNode } from 'react'

/** One value under its name, with a note below. */
export function Figure({ name, children, note }: { name: string; children: ReactNode; note?: ReactNode }): ReactNode {
  return (
    <div className="min-w-0">
      <div className="text-xs text-ink-3">{name}</div>
      <div className="mt-0.5 truncate text-sm font-medium">{children}</div>
      {note === undefined ? null : <div className="mt-0.5 truncate text-xs text-ink-3">{note}</div>}
    </div>
  )
}
