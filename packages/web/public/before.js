// Runs before everything else; a file of its own because the content security policy forbids inline scripts.
;(() => {
  // A chosen theme must not flash.
  let choice = null
  try {
    choice = localStorage.getItem('muster.theme')
  } catch {
    // storage may be blocked: the system's theme applies
  }
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice
  // zod would otherwise try whether it may compile validators with Function(), which the policy forbids and reports. It asks
  // as soon as the first schema is made, so main.tsx would be too late.
  globalThis.__zod_globalConfig = { jitless: true }
})()

// Where the system has no locale, Chromium names the language by one that is none (en-US@posix), and what formats by it fails.
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}
