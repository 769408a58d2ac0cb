import type { Allowlist, RuleSet } from '@muster/detect'

/** A place of a finding that exceptions are about. */
export type Place = { readonly ruleId: string; readonly commit: string | null; readonly path: string }

/**
 * Tells whether exceptions of the rules except a whole commit, or a path under which the engine did not see the bytes: it is shown a blob once, under
 * one of its names. A list that also asks for something else (`condition` AND) is left to the engine.
 */
export function exceptedPlaces({ rules, allowlists }: RuleSet): (place: Place) => boolean {
  const own = new Map(rules.map(({ id, allowlists: lists }) => [id, lists.filter(asksForPlace)]))
  const shared = allowlists.filter(asksForPlace)
  return ({ ruleId, commit, path }) => {
    const lists = [...own.get(ruleId) ?? [], ...shared.filter(({ targetRules }) => targetRules.length === 0 || targetRules.includes(ruleId))]
    if (lists.length === 0) return false
    const bytes = Buffer.from(path, 'utf8').toString('latin1')
    return lists.some(({ commits, paths }) => (commit !== null && commits.includes(commit)) || paths.some((pattern) => pattern.test(bytes)))
  }
}

function asksForPlace({ commits, paths, condition, regexes, stopwords }: Allowlist): boolean {
  const kinds = [commits, paths, regexes, stopwords].filter((list) => list.length > 0).length
  return commits.length + paths.length > 0 && (condition === 'OR' || kinds === 1)
}
