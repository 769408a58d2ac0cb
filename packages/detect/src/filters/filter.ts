import type { Facts, Suppression } from '../finding.ts'
import type { Allowlist, FilterName, Rule } from '../rule.ts'
import { shannonBits } from './entropy.ts'
import { isConfiguration } from './configuration.ts'
import { foreignFormReason, formReason, isMixed } from './form.ts'
import { isGivenPassword } from './given.ts'
import { assignmentOf, nameReason, providerReason } from './name.ts'
import { pathClassOf } from './path-class.ts'
import { placeholderReason, readsLikeProperty } from './placeholder.ts'
import { publisherOf } from './published.ts'
import { surpriseBits } from './rarity.ts'
import { structureChecks } from './structure.ts'

/** What the filters read. Texts have one character per byte. */
export type Candidate = {
  readonly rule: Rule
  readonly secret: string
  readonly match: string
  readonly line: string
  readonly path: string
  readonly entropyBits: number
  readonly surpriseBits: number
  /** Of the whole rule set. */
  readonly sharedAllowlists: readonly Allowlist[]
}

/** Below this a value reads like words; measured on identifiers and on random letters. */
const RARE_BITS = 4.3
/** Digits above this share make a value look random whatever its letters say. */
const MANY_DIGITS = 0.25

/** Entropy up to which a key of unknown kind is too regular to be one, bits per byte. */
const REGULAR_BITS = 2.6
/** What a value in tests and documentation must have at least: there, most are made up. */
const STRONG = { bytes: 14, bits: 3.4 }

type Filter = (candidate: Candidate) => string | null

const filters: readonly (readonly [FilterName, Filter])[] = [
  ['allow-comment', ({ line }) => /(?:gitleaks|muster|betterleaks):allow|pragma: allowlist secret/.test(line) ? 'the line says that it may be here' : null],
  ['name', ({ rule, match, secret, path, line }) => rule.tags.includes('assigned') ? nameReason(assignmentOf(match, secret), secret, path, match, line) : rule.tags.includes('named') ? providerReason(match, rule.keywords) : null],
  ['placeholder', ({ rule, secret }) => placeholderReason(secret) ?? publishedReason(secret) ?? (rule.generic && readsLikeProperty(secret) ? 'is a property of a program' : null)],
  ['entropy', ({ rule, entropyBits }) => rule.entropyBits !== null && entropyBits <= rule.entropyBits ? `its entropy of ${entropyBits.toFixed(2)} bits does not exceed ${rule.entropyBits}` : null],
  ['rarity', rarity],
  ['path-class', pathClass],
  ['structure', structure],
  ['allowlist', (candidate) => allowReason(candidate)],
]

/** What the value is by its name or its place: `password`, `token` …; null where neither tells. */
function kindOf({ rule, match, secret }: Candidate): string | null {
  return rule.tags.includes('password') ? 'password' : rule.tags.includes('assigned') ? assignmentOf(match, secret).kind : null
}

/** A password where files hold settings: not in a remark, and the whole of what is given. */
function isSetting({ rule, match, secret, line, path }: Candidate): boolean {
  const at = line.indexOf(match)
  if (/(?:^|\s)(?:#|;|\/\/|\/?\*|--|<!--)(?:\s|$)|^\s*(?!#define )[#;*]/.test(line.slice(0, Math.max(0, at)))) return false
  if (rule.tags.includes('password')) return rule.tags.includes('command') || isConfiguration(path)
  const { name, quoted, operator } = assignmentOf(match, secret)
  if (!isConfiguration(path) || operator === ',') return quoted && isGivenPassword({ name, operator, secret, match, line, path })
  return quoted || at < 0 || (operator === '=' && /^(?:[A-Z][A-Z0-9_]*$|-)/.test(name)) || /[,;)}\]<&|"'`\\\r\n]$/.test(match) || /^\s*(?:[#;,)}\]<&|\\"'`]|\/\/|$)/.test(line.slice(at + match.length))
}

function rarity(candidate: Candidate): string | null {
  const { rule, secret, surpriseBits: surprise, entropyBits } = candidate
  if (!rule.generic) return null
  const digits = secret.replaceAll(/[^0-9]/g, '').length
  // Digits among the letters again and again are no words.
  const mixed = digits >= 3 && isMixed(secret, 4)
  if (isPassword(kindOf(candidate))) return !isSetting(candidate) && digits === 0 && /^[A-Za-z._-]*$/.test(secret) && surprise < RARE_BITS ? `reads like words (${surprise.toFixed(1)} bits per character)` : null
  if (entropyBits < REGULAR_BITS) return `is too regular (${entropyBits.toFixed(1)} bits per byte)`
  return !mixed && digits <= secret.length * MANY_DIGITS && surprise < RARE_BITS ? `reads like words (${surprise.toFixed(1)} bits per character)` : null
}

const publishedReason = (secret: string): string | null => {
  const publisher = publisherOf(secret)
  return publisher === null ? null : `is published: ${publisher}`
}

const isPassword = (kind: string | null): boolean => kind === 'password' || kind === 'passphrase'

function pathClass({ rule, path, secret, entropyBits, surpriseBits: surprise }: Candidate): string | null {
  const isHash = rule.kind === 'password-hash'
  if (!rule.generic && !rule.tags.includes('named') && !isHash) return null
  const found = pathClassOf(path)
  if (isHash && (found === 'test' || found === 'documentation')) return `the file is ${found}`
  if (found === 'test' && isVector(secret, path)) return 'is a vector of tests'
  if (!rule.generic) return null
  if (['lock', 'minified', 'vendored', 'generated'].includes(found)) return `the file is ${found}`
  if (found !== 'test' && found !== 'documentation') return null
  const weak = secret.length < STRONG.bytes || entropyBits < STRONG.bits || (surprise < RARE_BITS && /^[A-Za-z-_.]*\d{0,4}$/.test(secret))
  return weak ? `the file is ${found}, and the value is made up` : null
}

/** Hexadecimal digits among tests of code or in files of vectors: what a cipher or a hash is checked with. */
const isVector = (secret: string, path: string): boolean => /^(?:[0-9a-f]{2}){8,}$/i.test(secret) && /vector|testdata|fixture|_test\.|\.test\.|test_\w+\.py$|spec\./i.test(path)

function structure(candidate: Candidate): string | null {
  const { rule, secret, line } = candidate
  // Catalogues of messages, compiled code and the like hold the names of settings by the hundred.
  if (rule.generic && (line.includes('\0') || [...secret].some((char) => char < ' '))) return 'stands among bytes that are no text'
  if (rule.structure !== null && structureChecks[rule.structure]?.(secret) === null) return 'its checksum or structure is not that of a genuine one'
  if (rule.tags.includes('setting')) return foreignFormReason(secret)
  return rule.generic && rule.structure === null ? formReason(secret, !isPassword(kindOf(candidate)) ? null : isSetting(candidate) ? 'setting' : 'password') : null
}

function listsFor({ rule, sharedAllowlists }: Pick<Candidate, 'rule' | 'sharedAllowlists'>): readonly Allowlist[] {
  return [...rule.allowlists, ...sharedAllowlists.filter(({ targetRules }) => targetRules.length === 0 || targetRules.includes(rule.id))]
}

function allowReason(candidate: Candidate): string | null {
  const found = listsFor(candidate).find((list) => allows(list, candidate, false))
  return found === undefined ? null : found.description || 'an allowlist excepts it'
}

const noCommits: readonly string[] = []

/** Commits that lists name, of those lists of which all else holds that they ask for. */
function exceptedCommits(candidate: Candidate): readonly string[] {
  const lists = listsFor(candidate).filter(({ commits }) => commits.length > 0)
  return lists.length === 0 ? noCommits : lists.filter((list) => allows(list, candidate, true)).flatMap(({ commits }) => commits.map((id) => id.toLowerCase()))
}

/** Bytes alone belong to no commit; `inCommit` tells what holds in one that the list names. */
function allows({ paths, regexes, regexTarget, stopwords, commits, condition }: Allowlist, { path, secret, match, line }: Candidate, inCommit: boolean): boolean {
  const target = regexTarget === 'secret' ? secret : regexTarget === 'match' ? match : line
  const lower = secret.toLowerCase()
  const bytes = Buffer.from(path, 'utf8').toString('latin1')
  const checks: boolean[] = []
  if (commits.length > 0) checks.push(inCommit)
  if (paths.length > 0) checks.push(paths.some((pattern) => pattern.test(bytes)))
  if (regexes.length > 0) checks.push(regexes.some((pattern) => pattern.test(target)))
  if (stopwords.length > 0) checks.push(stopwords.some((word) => lower.includes(word)))
  return condition === 'AND' ? checks.every(Boolean) : checks.some(Boolean)
}

/** What the filters of a rule say; `exceptedCommits` of a candidate none objects to. */
export type Judgement = { readonly suppressedBy: Suppression | null; readonly exceptedCommits: readonly string[]; readonly entropyBits: number }

/** The first filter of the rule that objects, in the order of `filterNames`; null where none does. */
export function objection(candidate: Omit<Candidate, 'entropyBits' | 'surpriseBits'>): Judgement {
  const measured = { ...candidate, entropyBits: shannonBits(candidate.secret), surpriseBits: candidate.rule.generic ? surpriseBits(candidate.secret) : 0 }
  const { entropyBits } = measured
  const suppressedBy = firstObjection(measured)
  if (suppressedBy === null) return { suppressedBy, exceptedCommits: exceptedCommits(measured), entropyBits }
  const byPath = asksForPath.has(suppressedBy.filter) && firstObjection({ ...measured, path: '' }) === null
  return { suppressedBy: byPath ? { ...suppressedBy, byPath } : suppressedBy, exceptedCommits: noCommits, entropyBits }
}

/** Filters for which a path can be the whole reason. */
const asksForPath: ReadonlySet<FilterName> = new Set(['path-class', 'allowlist'])

function firstObjection(candidate: Candidate): Suppression | null {
  for (const [filter, objects] of filters) {
    if (!candidate.rule.filters.has(filter)) continue
    const reason = objects(candidate)
    if (reason !== null) return { filter, reason }
  }
  return null
}

/** What a rule's structural check reads from the secret; empty where the rule has none or it does not hold. */
export function factsOf(rule: Rule, secret: string): Facts {
  return (rule.structure === null ? null : structureChecks[rule.structure]?.(secret)) ?? {}
}
