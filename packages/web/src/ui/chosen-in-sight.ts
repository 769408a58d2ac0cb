import { useEffect, useRef, type RefObject } from 'react'

/** A ref for a row that may be wider than the page: what is pressed or current in it is brought into sight whenever `chosen` changes. */
export function useChosenInSight<Row extends HTMLElement>(chosen: string): RefObject<Row | null> {
  const row = useRef<Row>(null)
  // Newer browsers answer with a promise, which is no way to end an effect.
  useEffect(() => {
    row.current?.querySelector('[aria-pressed="true"], [aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [chosen])
  return row
}
