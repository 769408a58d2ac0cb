type Entry = { readonly at: number; readonly expire: () => void }

const TICK_MS = 20
const entries = new Set<Entry>()
let ticker: NodeJS.Timeout | null = null

function tick(): void {
  const now = performance.now()
  for (const entry of entries) {
    if (entry.at > now) continue
    entries.delete(entry)
    entry.expire()
  }
  if (entries.size === 0 && ticker !== null) {
    clearInterval(ticker)
    ticker = null
  }
}

/**
 * Calls `expire` once, within 20 ms after `milliseconds` have passed, unless the returned function is called first. One
 * timer serves all: a scan arms and disarms thousands a second.
 */
export function startDeadline(milliseconds: number, expire: () => void): () => void {
  const entry: Entry = { at: performance.now() + milliseconds, expire }
  entries.add(entry)
  ticker ??= setInterval(tick, TICK_MS)
  return () => {
    entries.delete(entry)
  }
}
