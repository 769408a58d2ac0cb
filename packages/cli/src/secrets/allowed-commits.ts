import type { Allowlist, RuleSet } from '@muster/detect'

/**
 * Tells whether exceptions of the rules except a whole commit. The engine sees bytes alone and cannot; a list that also asks for something else
 * (`condition` AND) is left to it.
 */
export function allowedCommits({ rules, allowlists }: RuleSet): (ruleId: string, commit: string) => boolean {
  const own = new Map(rules.map(({ id, allowlists: lists }) => [id, commitsOf(lists)]))
  const shared = allowlists.map((list) => ({ commits: commitsOf([list]), targetRules: list.targetRules }))
  return (ruleId, commit) => own.get(ruleId)?.has(commit) === true
    || shared.some(({ commits, targetRules }) => commits.has(commit) && (targetRules.length === 0 || targetRules.includes(ruleId)))
}

function commitsOf(lists: readonly Allowlist[]): ReadonlySet<string> {
  return new Set(lists.flatMap(({ commits, condition, paths, regexes, stopwords }) => (condition === 'OR' || paths.length + regexes.length + stopwords.length === 0 ? commits : [])))
}
