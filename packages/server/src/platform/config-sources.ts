/** Where a configured value stands, for an error that can be found: `muster.toml:12`, `MUSTER_LISTEN` or `--listen`. */
export type ConfigSource = string

/** One thing wrong with the configuration. */
export type ConfigProblem = { readonly source: ConfigSource; readonly message: string }

/**
 * The line (from 1) each key of a TOML text stands on, by its dotted path. Found by reading the text rather than by the
 * parser, which keeps no positions; a key it cannot place has no entry. Lines inside multi-line strings are not keys.
 */
export function tomlLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  let table = ''
  let closing: string | null = null
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (closing !== null) {
      if (line.includes(closing)) closing = null
      continue
    }
    const header = /^\s*\[\[?\s*([^[\]]+?)\s*\]\]?\s*(#.*)?$/.exec(line)
    const key = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$/.exec(line)
    if (header !== null) {
      table = plainPath(header[1]!)
      if (!lines.has(table)) lines.set(table, index + 1)
    } else if (key !== null) {
      noteKey(lines, table, plainPath(key[1]!), index + 1)
      closing = opensMultiLine(key[2]!)
    }
  }
  return lines
}

/** `a.b = 1` states the table `a` as much as `a.b`. */
function noteKey(lines: Map<string, number>, table: string, key: string, line: number): void {
  const parts = key.split('.')
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = [...(table === '' ? [] : [table]), ...parts.slice(0, depth)].join('.')
    if (!lines.has(path)) lines.set(path, line)
  }
}

function plainPath(path: string): string {
  return path.split('.').map((part) => part.trim().replace(/^["']|["']$/g, '')).join('.')
}

function opensMultiLine(value: string): string | null {
  const opened = /^\s*("""|''')/.exec(value)?.[1]
  return opened !== undefined && !value.trim().slice(3).includes(opened) ? opened : null
}

/** The candidate a mistyped `name` most likely means: at most two edits away, or one third of its length. */
export function suggestion(name: string, candidates: readonly string[]): string | null {
  const allowed = Math.max(2, Math.floor(name.length / 3))
  const [best] = candidates.map((candidate) => ({ candidate, edits: editDistance(name, candidate) })).sort((a, b) => a.edits - b.edits)
  return best !== undefined && best.edits <= allowed ? best.candidate : null
}

/** Levenshtein's distance; names longer than 64 characters are cut, they are nobody's typing mistake. */
function editDistance(from: string, to: string): number {
  const [a, b] = [from.slice(0, 64), to.slice(0, 64)]
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    previous = row
  }
  return previous[b.length]!
}
