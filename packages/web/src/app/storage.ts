import { useState } from 'react'

/** A choice of this browser under `muster.` + name; the fallback where storage is blocked or holds something unfit. */
function readChoice<T>(name: string, fallback: T, fits: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(`muster.${name}`)
    if (text === null) return fallback
    const value: unknown = JSON.parse(text)
    return fits(value) ? value : fallback
  } catch {
    return fallback
  }
}

/** Keeps a choice; does nothing where storage is blocked. */
function writeChoice(name: string, value: unknown): void {
  try {
    localStorage.setItem(`muster.${name}`, JSON.stringify(value))
  } catch {
    // the choice then lasts for this page only
  }
}

/** State that this browser remembers. */
export function useChoice<T>(name: string, fallback: T, fits: (value: unknown) => value is T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => readChoice(name, fallback, fits))
  return [value, (next) => { setValue(next); writeChoice(name, next) }]
}

export const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string')
