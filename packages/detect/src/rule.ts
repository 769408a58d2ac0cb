import type { Regex } from './regex/ast.ts'

/** What a list of exceptions compares with its `regexes`. */
export type RegexTarget = 'secret' | 'match' | 'line'

/** Exceptions: a candidate that meets any of the checks given, or all with `condition` AND, is suppressed. */
export type Allowlist = {
  readonly description: string
  readonly condition: 'AND' | 'OR'
  readonly paths: readonly RegExp[]
  readonly regexes: readonly RegExp[]
  readonly regexTarget: RegexTarget
  /** Lower case; a secret that contains one, in any case, is excepted. */
  readonly stopwords: readonly string[]
  readonly commits: readonly string[]
  /** Only for these rules; empty for all. */
  readonly targetRules: readonly string[]
}

/** Another rule that must match nearby for a candidate to count; null distances mean anywhere in the file. */
export type Requirement = { readonly ruleId: string; readonly withinLines: number | null; readonly withinColumns: number | null }

/** The filters in the order they are asked; the first that objects gives the reason. */
export const filterNames = ['allow-comment', 'name', 'placeholder', 'entropy', 'rarity', 'path-class', 'structure', 'allowlist', 'required', 'overlap'] as const
export type FilterName = (typeof filterNames)[number]

/** One kind of credential and how it is told in bytes. */
export type Rule = {
  readonly id: string
  readonly description: string
  /** What the value is, e.g. `aws-access-key`; several rules may find one kind. */
  readonly kind: string
  readonly tags: readonly string[]
  /** Null for a rule about paths alone. */
  readonly regex: Regex | null
  /** Lower case. The rule is tried on files that hold one of them; with none, on every file. */
  readonly keywords: readonly string[]
  /** Compared with the path's UTF-8 bytes as latin1. */
  readonly path: RegExp | null
  /** Shannon entropy in bits per byte the secret must exceed; null for no bound. */
  readonly entropyBits: number | null
  /** The capturing group that holds the secret; 0 takes the first that took part, or the whole match where there is none. */
  readonly secretGroup: number
  readonly allowlists: readonly Allowlist[]
  readonly requires: readonly Requirement[]
  /** Found only for the sake of rules that require it. */
  readonly skipReport: boolean
  /** Says little about what the value is, so a more telling rule about the same bytes wins. */
  readonly generic: boolean
  readonly filters: ReadonlySet<FilterName>
  /** Name of the structural check the secret must pass; null for none. */
  readonly structure: string | null
  readonly examples: { readonly matches: readonly string[]; readonly others: readonly string[] }
}

/** Rules that are used together, and the exceptions that hold for all of them. */
export type RuleSet = { readonly rules: readonly Rule[]; readonly allowlists: readonly Allowlist[] }
