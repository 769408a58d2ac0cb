import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** How far something is; without `total` a bar that only says that it goes on. */
export function ProgressBar({ done, total, label, className }: { done: number; total: number | null; label: string; className?: string }): ReactNode {
  const share = total === null ? null : total === 0 ? 1 : Math.min(1, done / total)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { 'aria-valuenow': Math.floor(share * 100) })}
      className={cx('h-1 overflow-hidden rounded-full bg-line', className)}
    >
      {share === null ? (
        <div className="h-full w-1/3 animate-sweep rounded-full bg-accent" />
      ) : (
        <div className="h-full rounded-full bg-accent transition-[width] duration-500" style={{ width: `${share * 100}%` }} />
      )}
    </div>
  )
}
