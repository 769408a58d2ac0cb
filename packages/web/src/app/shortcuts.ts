import { useEffect, useRef } from 'react'

/** True while the person types into something: letters are theirs then. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/**
 * Runs the function of a pressed key (`/`, `?`, `g i` for two in a row, `mod+k` for Ctrl or Command). Plain keys rest while
 * someone types or a modal dialog is open.
 */
export function useShortcuts(shortcuts: Readonly<Record<string, () => void>>): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    let before = ''
    let forget: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return
      const mod = event.metaKey || event.ctrlKey
      if (!mod && (typing(event.target) || document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"], [role="listbox"]') !== null)) return
      const key = mod ? `mod+${event.key.toLowerCase()}` : event.key
      const action = latest.current[`${before} ${key}`] ?? latest.current[key]
      clearTimeout(forget)
      before = mod ? '' : key
      forget = setTimeout(() => { before = '' }, 800)
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
      clearTimeout(forget)
    }
  }, [])
}
