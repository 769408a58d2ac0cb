import type { OptionSpecs } from '../command.ts'

/** Filters that inventory and findings share. */
export const filterOptions = {
  severity: { type: 'string', multiple: true, value: 'SEVERITY', help: 'critical, high, medium, low, info; may be repeated' },
  rule: { type: 'string', value: 'RULE', help: 'only what this rule finds' },
  owner: { type: 'string', value: 'OWNER', help: 'only what belongs to this owner' },
  limit: { type: 'string', value: 'N', help: 'at most so many rows (default 1000)' },
} as const satisfies OptionSpecs

/** Words of a repeated option for a query; undefined for none. */
export function listOfWords(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(',')
}
