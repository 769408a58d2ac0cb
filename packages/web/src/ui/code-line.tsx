import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** Scanners blot values out with dots, whatever their length. */
const BLOT = /(•{3,}|\*{6,})/

/** One line of a text with its number, its values blotted out and the blots marked. */
export function CodeLine({ line, text, className }: { line: number; text: string; className?: string }): ReactNode {
  return (
    <div className={cx('mono flex rounded-md bg-sunken leading-5', className)}>
      <span aria-hidden className="shrink-0 border-r border-line px-2 py-1 text-right text-ink-3 select-none">{line}</span>
      <code className="min-w-0 px-2.5 py-1 break-all whitespace-pre-wrap">
        <span className="sr-only">Line {line}: </span>
        {text.trim().split(BLOT).map((part, index) => (index % 2 === 0 ? part : <Blot key={index} />))}
      </code>
    </div>
  )
}

function Blot(): ReactNode {
  return (
    <mark className="rounded-[3px] bg-critical-wash px-1 text-critical">
      <span className="sr-only">value left out</span>
      <span aria-hidden>•••</span>
    </mark>
  )
}
