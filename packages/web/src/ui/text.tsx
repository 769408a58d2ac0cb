import { Check, Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { cx } from './cx.ts'
import { notify, notifyFailure } from './toast.tsx'

/** A button that copies `text` and shows that it did. */
export function CopyButton({ text, what, className }: { text: string; what: string; className?: string }): ReactNode {
  const [done, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
      setTimeout(() => setDone(false), 1500)
    } catch (error) {
      notifyFailure(error)
    }
  }
  return (
    <button
      type="button"
      aria-label={`Copy ${what}`}
      onClick={(event) => {
        event.stopPropagation()
        void copy().then(() => notify(`Copied ${what}`))
      }}
      className={cx('inline-flex size-5 shrink-0 items-center justify-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink', className)}
    >
      {done ? <Check className="size-3 text-good" aria-hidden /> : <Copy className="size-3" aria-hidden />}
    </button>
  )
}

/** Monospace text, broken anywhere, with a copy button where `copy` says what it is. */
export function Mono({ children, copy, className }: { children: string; copy?: string; className?: string }): ReactNode {
  return (
    <span className={cx('inline-flex min-w-0 items-start gap-1', className)}>
      <span className="mono min-w-0 break-all">{children}</span>
      {copy === undefined ? null : <CopyButton text={children} what={copy} />}
    </span>
  )
}

/** A small quiet tag. */
export function Tag({ children, tone = 'neutral', className }: { children: ReactNode; tone?: 'neutral' | 'accent' | 'bad' | 'good' | 'warn'; className?: string }): ReactNode {
  const tones = { neutral: 'text-ink-2 ring-line-strong', accent: 'text-accent ring-accent', bad: 'text-critical ring-critical', good: 'text-good ring-good', warn: 'text-high ring-high' }
  return <span className={cx('inline-flex h-[18px] items-center rounded-sm px-1.5 text-2xs font-medium whitespace-nowrap ring-1 ring-inset', tones[tone], className)}>{children}</span>
}

/** A key on the keyboard. */
export function Kbd({ children }: { children: ReactNode }): ReactNode {
  return <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm bg-hover px-1 text-2xs text-ink-2 ring-1 ring-line-strong ring-inset">{children}</kbd>
}

/** Facts as name and value pairs in aligned columns. */
export function Facts({ children, className }: { children: ReactNode; className?: string }): ReactNode {
  return <dl className={cx('grid grid-cols-[minmax(112px,max-content)_minmax(0,1fr)] content-start gap-x-6 gap-y-2', className)}>{children}</dl>
}
export function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 text-ink">{children}</dd>
    </>
  )
}

/** A titled part of a page, separated by space and a hairline instead of a box. */
export function Section({ title, aside, children, className, note }: { title: string; aside?: ReactNode; note?: ReactNode; children: ReactNode; className?: string }): ReactNode {
  return (
    <section className={cx('min-w-0', className)}>
      <header className="mb-3 flex min-h-7 items-center gap-3">
        <h2 className="shrink-0 text-sm font-semibold">{title}</h2>
        {note === undefined ? null : <span className="min-w-0 truncate text-xs text-ink-3" {...(typeof note === 'string' ? { title: note } : {})}>{note}</span>}
        <div className="ml-auto flex shrink-0 items-center gap-2">{aside}</div>
      </header>
      {children}
    </section>
  )
}
