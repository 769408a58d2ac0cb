import type { ReactNode } from 'react'
import { cx } from './cx.ts'

const dots = { good: 'bg-good', bad: 'bg-critical', warn: 'bg-high', busy: 'bg-accent animate-breathe', new: 'bg-accent', idle: 'bg-ink-3' } as const

/** A state in words with a dot in its colour. */
export function StateDot({ tone, children }: { tone: keyof typeof dots; children: ReactNode }): ReactNode {
  return <span className="inline-flex items-center gap-2 whitespace-nowrap"><span aria-hidden className={cx('size-1.5 shrink-0 rounded-full', dots[tone])} />{children}</span>
}
