/** What saving a text of rules would change, by rule id. */
export type RuleChanges = { readonly added: readonly string[]; readonly changed: readonly string[]; readonly removed: readonly string[]; /** Something outside of the rules, e.g. an allowlist. */ readonly rest: boolean }

type Parts = { readonly rules: ReadonlyMap<string, string>; readonly rest: string }

/** Rules of a gitleaks configuration as written, by id, and what is around them; no reader of TOML, it splits at headings. */
function partsOf(toml: string): Parts {
  const rules = new Map<string, string>()
  let rest = ''
  for (const block of toml.split(/^(?=\s*\[{1,2}(?!\s*rules\.)[^[\]\n]+\]{1,2}\s*(?:#.*)?$)/m)) {
    const id = /^\s*\[\[\s*rules\s*\]\]/.test(block) ? /^\s*id\s*=\s*["']([^"'\n]+)["']/m.exec(block)?.[1] : undefined
    if (id === undefined) rest += block.trim()
    else rules.set(id, block.trim())
  }
  return { rules, rest }
}

/** Compares two texts of rules. */
export function ruleChanges(before: string, after: string): RuleChanges {
  const old = partsOf(before)
  const next = partsOf(after)
  return {
    added: [...next.rules.keys()].filter((id) => !old.rules.has(id)),
    changed: [...next.rules].filter(([id, text]) => old.rules.has(id) && old.rules.get(id) !== text).map(([id]) => id),
    removed: [...old.rules.keys()].filter((id) => !next.rules.has(id)),
    rest: old.rest !== next.rest,
  }
}

/** The line of the only `regex` or `path` of the rule around the line `at`, from 1; null where there are more. */
function lineOfPattern(lines: readonly string[], at: number): number | null {
  const isHeading = (line: string): boolean => /^\s*\[/.test(line)
  const first = lines.findLastIndex((line, index) => index <= at && isHeading(line))
  const last = lines.findIndex((line, index) => index > at && /^\s*\[+(?![[\s]*rules\.)/.test(line))
  const patterns = lines.flatMap((line, index) => index > first && (last < 0 || index < last) && /^\s*(?:regex|regexes|path|paths)\s*=/.test(line) ? [index + 1] : [])
  return patterns.length === 1 ? patterns[0]! : null
}

/** The line of `toml`, from 1, that a problem is about: one it names (`line 12`), or that of the rule it names; null where neither. */
export function lineOfProblem(problem: string, toml: string): number | null {
  const named = /\bline (\d{1,7})\b/.exec(problem)?.[1]
  if (named !== undefined) return Number(named)
  const lines = toml.split('\n')
  const nth = /\brule number (\d{1,6})\b/.exec(problem)?.[1]
  if (nth !== undefined) {
    let seen = 0
    const index = lines.findIndex((line) => /^\s*\[\[\s*rules\s*\]\]/.test(line) && ++seen === Number(nth))
    return index < 0 ? null : index + 1
  }
  const id = /^the rule (\S+?)(?: |:)/.exec(problem)?.[1]
  const index = id === undefined ? -1 : lines.findIndex((line) => /^\s*id\s*=\s*["']([^"']*)["']/.exec(line)?.[1] === id)
  if (index < 0) return null
  return (/\bregular expression\b/.test(problem) ? lineOfPattern(lines, index) : null) ?? index + 1
}
