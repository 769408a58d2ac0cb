import { isMusterError, MusterError } from '@muster/core'
import { parse, TomlError } from 'smol-toml'
import { parseRegex } from '../regex/parse.ts'
import { printRegex } from '../regex/print.ts'
import type { Allowlist, FilterName, RegexTarget, Rule, RuleSet } from '../rule.ts'
import { refuseCostly } from '../engine/cost.ts'
import { asBytes } from '../text-bytes.ts'
import { meantHere, namedHere } from './gitleaks-ids.ts'
import { configSchema, lowerKeys, type RawAllowlist, type RawConfig, type RawRule } from './schema.ts'

const MAX_CONFIG_LENGTH = 4 * 1024 * 1024
const MAX_EXTENDS = 3

/** What a user's own rules are filtered by: what the format itself says, and nothing of ours. */
const formatFilters: ReadonlySet<FilterName> = new Set(['allow-comment', 'entropy', 'allowlist', 'required', 'overlap'])

export type CompileOptions = {
  /** What `extend.useDefault` stands for. */
  readonly defaults?: () => RuleSet
  /** The text of the file `extend.path` names. */
  readonly readPath?: (path: string) => string
  /** The filters of every rule; what the format itself says, unless given. */
  readonly filters?: ReadonlySet<FilterName>
  /** The rules were put to the cost test before; leaves it out. */
  readonly trusted?: boolean
}

/**
 * Rules from the text of a configuration in the format of gitleaks (`.gitleaks.toml`, version 8). A rule that repeats the id of an extended one
 * changes the fields it gives and adds to its keywords and exceptions; ids of gitleaks' own default rules mean ours.
 *
 * @throws MusterError config.invalid, naming the rule, for a text that is not TOML or not of the format, a pattern RE2 would refuse, a pattern whose
 * worst case is not linear, and a rule that requires one that does not exist.
 */
export function compileConfig(text: string, options: CompileOptions = {}): RuleSet {
  return compileAt(text, options, 0)
}

function compileAt(text: string, options: CompileOptions, depth: number): RuleSet {
  const raw = readConfig(text)
  const base = extended(raw, options, depth)
  const rules = new Map(base.rules.map((rule) => [rule.id, rule]))
  const seen = new Set<string>()
  for (const rawRule of raw.rules) {
    if (seen.has(rawRule.id)) throw refused(rawRule.id, 'its id is used twice')
    seen.add(rawRule.id)
    for (const each of underOurNames(rawRule, rules)) {
      const compiled = compileRule(each, rules.get(each.id) ?? null, options)
      if (options.trusted !== true && compiled.regex !== null) refuseCostly(compiled)
      rules.set(each.id, compiled)
    }
  }
  for (const rule of rules.values()) {
    const missing = rule.requires.find(({ ruleId }) => !rules.has(ruleId))
    if (missing !== undefined) throw refused(rule.id, `it requires the rule ${missing.ruleId}, which does not exist`)
  }
  // What is said of a rule that goes by other names here is said of the formats that tell the same as well.
  const ofFormats = raw.rules.filter((rawRule) => !rules.has(rawRule.id) && meantHere([rawRule.id]).length > 1)
    .flatMap(({ id, allowlists, allowlist }) => [...allowlists, ...allowlist == null ? [] : [allowlist]].map((list) => ({ ...list, targetrules: [id] })))
  const shared = [...raw.allowlists, ...raw.allowlist == null ? [] : [raw.allowlist], ...ofFormats]
  return { rules: [...rules.values()], allowlists: [...base.allowlists, ...shared.map((list) => compileAllowlist(list, null))] }
}

function readConfig(text: string): RawConfig {
  if (text.length > MAX_CONFIG_LENGTH) throw new MusterError('config.invalid', 'the rules are longer than 4 MiB')
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw new MusterError('config.invalid', `the rules are not valid TOML: ${cause instanceof TomlError ? `line ${cause.line}: ` : ''}${cause instanceof Error ? cause.message.split('\n')[0]! : 'unreadable'}`, {}, { cause })
  }
  const lowered = lowerKeys(value)
  const read = configSchema.safeParse(lowered)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  const rule = issue.path[0] === 'rules' && typeof issue.path[1] === 'number' ? ruleName(lowered, issue.path[1]) : null
  throw new MusterError('config.invalid', `${rule === null ? 'the rules are' : `the rule ${rule} is`} not of the format: ${issue.path.map(String).join('.')}: ${issue.message}`, { rule })
}

function ruleName(config: unknown, index: number): string {
  const rules: unknown = config !== null && typeof config === 'object' && 'rules' in config ? config.rules : null
  const rule: unknown = Array.isArray(rules) ? rules[index] : null
  return rule !== null && typeof rule === 'object' && 'id' in rule && typeof rule.id === 'string' ? rule.id : `number ${index + 1}`
}

function extended({ extend, rules: ownRules }: RawConfig, options: CompileOptions, depth: number): RuleSet {
  if (extend == null || (!extend.usedefault && extend.path === '')) return { rules: [], allowlists: [] }
  if (depth >= MAX_EXTENDS) throw new MusterError('config.invalid', 'the rules extend others more than three deep')
  if (extend.usedefault && extend.path !== '') throw new MusterError('config.invalid', 'the rules extend both a path and the default ones; only one is possible')
  const base = extend.usedefault ? options.defaults?.() : options.readPath && compileAt(options.readPath(extend.path), options, depth + 1)
  if (base === undefined) throw new MusterError('config.invalid', 'the rules extend others, which is not possible here')
  const disabled = new Set(meantHere(extend.disabledrules))
  const own = new Set([...base.rules, ...ownRules].map(({ id }) => id))
  // Formats are no rules: what is disabled of them is excepted.
  const targetRules = [...disabled].filter((id) => !own.has(id))
  const everything = { description: 'it is disabled', condition: 'OR', regexTarget: 'secret', paths: [], regexes: [/^/], stopwords: [], commits: [], targetRules } as const
  return { rules: base.rules.filter(({ id }) => !disabled.has(id)), allowlists: targetRules.length === 0 ? base.allowlists : [...base.allowlists, everything] }
}

/** A change to a default rule of gitleaks as changes to ours, none where we have none; any other rule as it is. */
function underOurNames(raw: RawRule, rules: ReadonlyMap<string, Rule>): readonly RawRule[] {
  if (raw.regex || raw.path || rules.has(raw.id)) return [raw]
  return namedHere(raw.id)?.filter((id) => rules.has(id)).map((id) => ({ ...raw, id, description: '' })) ?? [raw]
}

function compileRule(raw: RawRule, base: Rule | null, options: CompileOptions): Rule {
  const regex = raw.regex ? guarded(raw.id, () => parseRegex(raw.regex!)) : base?.regex ?? null
  const path = raw.path ? guarded(raw.id, () => textPattern(raw.path!)) : base?.path ?? null
  if (regex === null && path === null) throw refused(raw.id, 'it has neither regex nor path')
  const secretGroup = raw.secretgroup ?? base?.secretGroup ?? 0
  if (secretGroup > (regex?.captures ?? 0)) throw refused(raw.id, `its secretGroup is ${secretGroup}, and the regex has ${regex?.captures ?? 0} groups`)
  const lists = [...raw.allowlists, ...raw.allowlist == null ? [] : [raw.allowlist]]
  return {
    id: raw.id, regex, path, secretGroup,
    description: raw.description || (base?.description ?? ''),
    kind: raw.kind ?? base?.kind ?? raw.id,
    tags: [...base?.tags ?? [], ...raw.tags],
    keywords: [...new Set([...base?.keywords ?? [], ...raw.keywords.map(keywordBytes)])].filter((keyword) => keyword !== ''),
    entropyBits: raw.entropy ?? base?.entropyBits ?? null,
    allowlists: [...base?.allowlists ?? [], ...lists.map((list) => compileAllowlist(list, raw.id))],
    requires: [...base?.requires ?? [], ...raw.required.map(({ id, withinlines, withincolumns }) => ({ ruleId: id, withinLines: withinlines ?? null, withinColumns: withincolumns ?? null }))],
    skipReport: raw.skipreport ?? base?.skipReport ?? false,
    generic: raw.generic ?? base?.generic ?? raw.id.includes('generic'),
    filters: options.filters ?? base?.filters ?? formatFilters,
    structure: raw.structure ?? base?.structure ?? null,
    examples: { matches: raw.examples.length > 0 ? raw.examples : base?.examples.matches ?? [], others: raw.counterexamples.length > 0 ? raw.counterexamples : base?.examples.others ?? [] },
  }
}

/** Lower case in ASCII, one character per byte of UTF-8. */
function keywordBytes(keyword: string): string {
  return asBytes(keyword).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function textPattern(pattern: string): RegExp {
  return new RegExp(printRegex(parseRegex(pattern).root))
}

function compileAllowlist(raw: RawAllowlist, ruleId: string | null): Allowlist {
  const condition = raw.condition.toUpperCase()
  const and = condition === 'AND' || condition === '&&'
  if (!and && condition !== 'OR' && condition !== '||') throw refused(ruleId, `the condition of an allowlist is ${JSON.stringify(raw.condition)}, and may be AND or OR`)
  const target = raw.regextarget === '' ? 'secret' : raw.regextarget
  if (target !== 'secret' && target !== 'match' && target !== 'line') throw refused(ruleId, `the regexTarget of an allowlist is ${JSON.stringify(target)}, and may be secret, match or line`)
  if (raw.paths.length + raw.regexes.length + raw.stopwords.length + raw.commits.length === 0) throw refused(ruleId, 'an allowlist checks nothing')
  const regexTarget: RegexTarget = target
  return {
    description: raw.description, condition: and ? 'AND' : 'OR', regexTarget,
    paths: raw.paths.map((path) => guarded(ruleId, () => textPattern(path))),
    regexes: raw.regexes.map((regex) => guarded(ruleId, () => textPattern(regex))),
    stopwords: raw.stopwords.map(keywordBytes), commits: raw.commits, targetRules: meantHere(raw.targetrules),
  }
}

function guarded<T>(ruleId: string | null, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    if (isMusterError(error, 'config.invalid')) throw refused(ruleId, error.message, error)
    throw error
  }
}

function refused(ruleId: string | null, why: string, cause?: unknown): MusterError {
  return new MusterError('config.invalid', ruleId === null ? `the allowlist for all rules: ${why}` : `the rule ${ruleId}: ${why}`, { rule: ruleId }, { cause })
}
