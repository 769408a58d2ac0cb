import { useState } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

function stored(): Theme {
  const chosen = document.documentElement.dataset['theme']
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

/** The theme in force and how to choose another; kept for this browser as plain text, which `before.js` reads before first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored)
  const choose = (next: Theme): void => {
    if (next === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
    try {
      localStorage.setItem('muster.theme', next)
    } catch {
      // the choice then lasts for this page only
    }
    setTheme(next)
    window.dispatchEvent(new Event('muster:theme'))
  }
  return [theme, choose]
}
