import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { cx } from './cx.ts'

/** A page: a bar with its title and actions, and below it what fills the window. */
export function Page({ title, crumbs = [], actions, aside, children, scroll = true }: {
  title: string
  crumbs?: readonly { label: string; to: string; search?: Readonly<Record<string, unknown>> }[]
  actions?: ReactNode
  /** Beside the title, e.g. a count. */
  aside?: ReactNode
  children: ReactNode
  /** False where the page brings its own scrolling part. */
  scroll?: boolean
}): ReactNode {
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    document.title = `${title} · Muster`
  }, [title])
  useEffect(() => {
    // The link that led here is gone with its page: the keyboard goes on from the new one, not from the top of everything.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [])
  return (
    <main ref={main} id="main" tabIndex={-1} className="flex min-h-0 min-w-0 grow flex-col outline-none">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-page">
        <div className="flex min-w-0 items-center gap-1.5">
          {crumbs.map((crumb) => (
            <span key={crumb.label} className="flex shrink-0 max-sm:not-last-of-type:hidden items-center gap-1.5 text-ink-3">
              <Link to={crumb.to} search={crumb.search ?? {}} className="rounded-sm hover:text-ink hover:underline">{crumb.label}</Link>
              <ChevronRight className="size-3" aria-hidden />
            </span>
          ))}
          <h1 className="truncate text-sm font-semibold">{title}</h1>
        </div>
        {aside === undefined ? null : <div className="shrink-0 text-xs whitespace-nowrap text-ink-3 max-sm:min-w-0 max-sm:shrink-[99] max-sm:truncate">{aside}</div>}
        <div className="ml-auto flex shrink-0 items-center gap-2">{actions}</div>
      </header>
      {scroll ? <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label={title}>{children}</div> : children}
    </main>
  )
}

/** The readable width and padding of a page made of sections. */
export function PageBody({ children, className, narrow = false }: { children: ReactNode; className?: string; narrow?: boolean }): ReactNode {
  return <div className={cx('px-page pt-6 pb-16', narrow ? 'max-w-3xl' : 'max-w-[1280px]', className)}>{children}</div>
}
