import { plainPath } from './gitleaks-baseline.ts'
import type { KnownValues } from './known-values.ts'

/**
 * What a `.gitleaksignore` knows: lines `file:rule:line` and `commit:file:rule:line`, `#` begins a comment. A line whose rule is not among `ruleIds`
 * holds for whatever is found there, since other tools name their rules otherwise. Lines of another form are in `strange`.
 */
export function ignoreFile(text: string, ruleIds: ReadonlySet<string>): KnownValues & { readonly strange: readonly number[] } {
  const entries = new Set<string>()
  const strange: number[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const parts = line.split(':')
    if (parts.length !== 3 && parts.length !== 4) {
      strange.push(i + 1)
      continue
    }
    const [file = '', rule = '', number = ''] = parts.slice(-3)
    entries.add(key(parts.length === 4 ? parts[0]! : '', file, ruleIds.has(rule) ? rule : '', number))
  }
  return {
    count: entries.size,
    strange,
    look: ({ file, ruleId, line, commit }) => {
      const known = [ruleId, ''].some((rule) => entries.has(key('', file, rule, String(line))) || (commit !== null && entries.has(key(commit.id, file, rule, String(line)))))
      return known ? { state: 'accepted', reason: 'in .gitleaksignore', by: 'ignore-file' } : null
    },
  }
}

function key(commit: string, file: string, rule: string, line: string): string {
  return `${commit}\0${plainPath(file)}\0${rule}\0${line}`
}
