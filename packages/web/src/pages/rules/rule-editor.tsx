import { useRef, type ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'

const MOST_NUMBERED = 5000

/** A text of many lines with their numbers; lines in `marked` stand out. `onRun` answers Ctrl+Enter. */
export function RuleEditor({ id, label, value, marked, readOnly = false, onChange, onRun, className }: {
  id: string
  label: string
  value: string
  marked: ReadonlySet<number>
  readOnly?: boolean
  onChange: (value: string) => void
  onRun: () => void
  className?: string
}): ReactNode {
  const gutter = useRef<HTMLDivElement>(null)
  const lines = Math.min(MOST_NUMBERED, value.split('\n').length)
  return (
    <div className={cx('flex overflow-hidden rounded-md border border-line-strong bg-raised focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-(--focus)', className)}>
      <div ref={gutter} aria-hidden className="mono shrink-0 overflow-hidden border-r border-line bg-sunken py-2 text-right leading-5 text-ink-3 select-none">
        {Array.from({ length: lines }, (_, index) => <div key={index} className={cx('px-2', marked.has(index + 1) && 'bg-critical-wash font-semibold text-critical')}>{index + 1}</div>)}
      </div>
      <textarea
        id={id}
        aria-label={label}
        value={value}
        readOnly={readOnly}
        spellCheck={false}
        autoComplete="off"
        wrap="off"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => { if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          onRun()
        }}
        className="mono min-w-0 grow resize-none bg-transparent px-2.5 py-2 leading-5 whitespace-pre text-ink outline-none"
      />
    </div>
  )
}

/** Brings a line of the editor into view and puts the caret on it. */
export function goToLine(id: string, line: number): void {
  const area = document.getElementById(id)
  if (!(area instanceof HTMLTextAreaElement)) return
  const before = area.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  area.focus()
  area.setSelectionRange(before, before)
  area.scrollTop = Math.max(0, (line - 4) * 20)
}
