import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useShortcuts } from '../../app/shortcuts.ts'
import { cx } from '../cx.ts'
import { inputClass } from '../field.tsx'
import { Kbd } from '../text.tsx'

/** Free-text search: tells its value a quarter of a second after the last key; `/` brings the focus here, Enter, ↓ and Esc on to the rows. */
export function SearchInput({ value, onChange, label, className }: { value: string; onChange: (value: string) => void; label: string; className?: string }): ReactNode {
  const [text, setText] = useState(value)
  const [told, setTold] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  if (told !== value) {
    setTold(value)
    setText(value)
  }
  const report = useRef(onChange)
  useEffect(() => {
    report.current = onChange
  })
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => {
      setTold(text)
      report.current(text)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, value])
  const tell = (): void => {
    if (text === value) return
    setTold(text)
    report.current(text)
  }
  useShortcuts({ '/': () => input.current?.select() })
  return (
    <div className={cx('relative w-64 max-sm:w-auto max-sm:min-w-32 max-sm:grow max-sm:basis-0', className)}>
      <Search className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3" aria-hidden />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (!['Escape', 'Enter', 'ArrowDown'].includes(event.key)) return
          event.preventDefault()
          if (event.key === 'Escape') setText('')
          else tell()
          // On to the rows; where there are none, the search is left.
          const rows = event.currentTarget.closest('main')?.querySelector<HTMLElement>('[data-rows]')
          if (rows == null) event.currentTarget.blur()
          else rows.focus()
        }}
        className={cx(inputClass, 'peer pl-7 [&::-webkit-search-cancel-button]:hidden')}
      />
      {text === '' ? <span aria-hidden className="pointer-events-none absolute top-[5px] right-1.5 peer-focus:hidden max-sm:hidden"><Kbd>/</Kbd></span> : null}
    </div>
  )
}
