import { RotateCw, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/client.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { CopyButton } from './text.tsx'

/** A grey bar where text will be. */
export function Skeleton({ className }: { className?: string }): ReactNode {
  return <div aria-hidden className={cx('h-3 animate-breathe rounded-sm bg-line', className)} />
}

/** Rows of grey bars where a table will be; says `Loading` to assistive technology. */
export function SkeletonRows({ rows = 8, label = 'Loading' }: { rows?: number; label?: string }): ReactNode {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-9 items-center gap-6 border-b border-line px-page">
          <Skeleton className={['w-48', 'w-56', 'w-40', 'w-52'][row % 4]!} />
          <Skeleton className="w-24" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </div>
  )
}

/** What a place looks like with nothing in it: what would be here and how to get it there. */
export function Empty({ icon: Icon, title, children, action }: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center px-6 py-16 text-center">
      <Icon className="mb-3 size-6 text-ink-3" strokeWidth={1.5} aria-hidden />
      <p className="text-sm font-medium">{title}</p>
      {children === undefined ? null : <p className="mt-1 text-sm text-ink-3">{children}</p>}
      {action === undefined ? null : <div className="mt-4 flex gap-2">{action}</div>}
    </div>
  )
}

/** What went wrong, the id to quote, and a way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const problem = error instanceof ApiProblem ? error : null
  const title = problem === null ? 'This part of the page broke' : problem.status === 404 ? 'Not found' : problem.status === 403 ? 'Your role does not allow this' : problem.message
  const detail = problem === null ? (error instanceof Error ? error.message : '') : problem.status === 404 ? 'It does not exist, or no longer does.' : problem.status === 0 ? 'Check that it is running and that this machine can reach it.' : ''
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center">
      <p className="text-sm font-medium">{title}</p>
      {detail === '' ? null : <p className="mt-1 text-sm text-ink-3">{detail}</p>}
      {problem?.requestId ? (
        <p className="mono mt-2 flex items-center gap-1 text-ink-3">
          Request {problem.requestId}
          <CopyButton text={problem.requestId} what="request id" />
        </p>
      ) : null}
      {onRetry === undefined ? null : <Button className="mt-4" onClick={onRetry}><RotateCw aria-hidden />Try again</Button>}
    </div>
  )
}
