import { MusterError } from '@muster/core'
import { parse, stringify, type TomlTable } from 'smol-toml'

const MAX_DEPTH = 3
/** Fields of a rule that add to those of the rule it repeats. */
const adding: ReadonlySet<string> = new Set(['keywords', 'tags', 'allowlists', 'required'])

type Table = { readonly [key: string]: unknown }
type Resolved = { readonly usedefault: boolean; readonly disabledrules: readonly unknown[]; readonly rules: readonly Table[]; readonly allowlists: readonly unknown[] }

/** What of a configuration is wanted. With `enabled`, only these rules, of the default ones (`defaultIds`) too; `leftOut` are rules of the text's own. */
export type Wanted = { readonly enabled: readonly string[]; readonly defaultIds: readonly string[]; readonly leftOut: ReadonlySet<string> }

/**
 * Rules in the gitleaks format as one text: what `extend.path` names is read and put in, `extend.useDefault` stays.
 *
 * @throws MusterError config.invalid; whatever `readPath` throws.
 */
export function resolveConfig(text: string, readPath: (path: string) => string, { enabled, defaultIds, leftOut }: Wanted): string {
  const { usedefault, disabledrules, rules, allowlists } = resolvedAt(text, readPath, 0)
  const unwanted = enabled.length === 0 ? [] : defaultIds.filter((id) => !enabled.includes(id))
  const extend = usedefault ? { extend: { usedefault, disabledrules: [...new Set([...disabledrules, ...unwanted])] } } : {}
  const kept = rules.filter(({ id }) => !leftOut.has(String(id)) && (enabled.length === 0 || enabled.includes(String(id))))
  return stringify({ ...extend, rules: kept, allowlists })
}

function resolvedAt(text: string, readPath: (path: string) => string, depth: number): Resolved {
  if (depth > MAX_DEPTH) throw new MusterError('config.invalid', 'the rules extend others more than three deep')
  const config = read(text)
  const extend = table(config['extend'])
  const disabled = list(extend['disabledrules'])
  const own = { rules: list(config['rules']).map(table).map(normalised), allowlists: [...list(config['allowlists']), ...config['allowlist'] === undefined ? [] : [config['allowlist']]] }
  if (extend['path'] === undefined || extend['path'] === '') return { ...own, usedefault: extend['usedefault'] === true, disabledrules: disabled }
  if (extend['usedefault'] === true) throw new MusterError('config.invalid', 'the rules extend both a path and the default ones; only one is possible')
  const base = resolvedAt(readPath(String(extend['path'])), readPath, depth + 1)
  return {
    usedefault: base.usedefault, disabledrules: [...base.disabledrules, ...disabled],
    rules: merged(base.rules.filter(({ id }) => !disabled.includes(id)), own.rules), allowlists: [...base.allowlists, ...own.allowlists],
  }
}

/** A rule that repeats an id changes the fields it gives and adds to the lists. */
function merged(base: readonly Table[], own: readonly Table[]): readonly Table[] {
  const rules = new Map(base.map((rule) => [rule['id'], rule]))
  for (const rule of own) {
    const known = rules.get(rule['id']) ?? {}
    const lists = Object.fromEntries([...adding].filter((key) => key in known || key in rule).map((key) => [key, [...list(known[key]), ...list(rule[key])]]))
    rules.set(rule['id'], { ...known, ...rule, ...lists })
  }
  return [...rules.values()]
}

/** The old `allowlist` of a rule as one of its `allowlists`. */
function normalised({ allowlist, ...rule }: Table): Table {
  return allowlist === undefined ? rule : { ...rule, allowlists: [...list(rule['allowlists']), allowlist] }
}

function read(text: string): Table {
  try {
    return table(lowered(parse(text)))
  } catch (cause) {
    throw new MusterError('config.invalid', `the rules are not valid TOML: ${cause instanceof Error ? cause.message.split('\n')[0]! : 'unreadable'}`, {}, { cause })
  }
}

/** Names of fields count in any case. */
function lowered(value: unknown, depth = 0): unknown {
  if (depth > 20 || value === null || typeof value !== 'object' || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((item) => lowered(item, depth + 1))
  return Object.fromEntries(Object.entries(value as TomlTable).map(([key, item]) => [key.toLowerCase(), lowered(item, depth + 1)]))
}

function table(value: unknown): Table {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Table) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
