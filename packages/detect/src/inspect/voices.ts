import { type Clock, Secret } from '@muster/core/basis'
import type { ScanBudget, Shortfall } from '../engine/matching.ts'
import { shannonBits } from '../filters/entropy.ts'
import { objection } from '../filters/filter.ts'
import { extractSecrets } from '../formats/extract.ts'
import type { Format } from '../formats/input.ts'
import type { ExtractedSecret, ExtractProblem } from '../formats/found.ts'
import type { Allowlist, Rule } from '../rule.ts'
import { SecretScanner } from '../scan.ts'
import type { Candidate } from './candidate.ts'
import type { PreparedRules } from './prepared-rules.ts'
import type { ByteRange } from './text-lines.ts'

/** Formats that go by the names of settings anywhere: what they say is doubted like a generic rule. */
const genericFormats: ReadonlySet<string> = new Set(['yaml', 'helm-values', 'spring', 'ini', 'java-properties', 'dotnet-json', 'config-xml', 'terraform', 'connection-string', 'url', 'csv', 'sql-rows'])

/** Where the bytes stand that are looked at: `within` for decoded ones the range of their encoded form. */
export type Reading = { readonly bytes: Buffer; readonly path: string; readonly within: ByteRange | null; readonly decoders: readonly string[] }

/** The rules as candidates. */
export class RuleVoice {
  readonly #scanner: SecretScanner
  readonly #descriptions: ReadonlyMap<string, { readonly description: string; readonly generic: boolean }>

  constructor(ruleSet: PreparedRules) {
    this.#scanner = new SecretScanner(ruleSet, ruleSet.tables)
    this.#descriptions = new Map(ruleSet.rules.map(({ id, description, generic }) => [id, { description, generic }]))
  }

  about({ bytes, path, within, decoders }: Reading, clock: Clock, budget: ScanBudget): { readonly candidates: readonly Candidate[]; readonly shortfall: Shortfall | null; readonly watched: number } {
    const { findings, shortfall, watched } = this.#scanner.scan({ bytes, path }, clock, budget)
    const candidates = findings.map((finding): Candidate => {
      const { ruleId, kind, secret, entropyBits, facts, suppressedBy, exceptedCommits } = finding
      const { description = ruleId, generic = false } = this.#descriptions.get(ruleId) ?? {}
      return {
        ruleId, kind, description, secret, entropyBits, facts, decoders, suppressedBy, exceptedCommits, generic, reference: null, by: 'rule',
        start: within?.start ?? finding.start, end: within?.end ?? finding.end, inner: { bytes, start: finding.start, end: finding.end }, match: new Secret(Uint8Array.from(bytes.subarray(finding.matchStart, finding.matchEnd))),
      }
    })
    return { candidates, shortfall, watched }
  }
}

/** Formats know where a secret stands, so only the user's own exceptions are asked; of settings also whether value and file look like one. */
const ownFilters: Rule['filters'] = new Set(['allow-comment', 'allowlist'])
const settingFilters: Rule['filters'] = new Set(['allow-comment', 'placeholder', 'path-class', 'structure', 'allowlist'])

/** The formats as candidates. */
export function formatVoice({ bytes, path, within, decoders }: Reading, among: readonly Format[], sharedAllowlists: readonly Allowlist[]): { readonly candidates: readonly Candidate[]; readonly problems: readonly ExtractProblem[] } {
  const { found, problems } = extractSecrets(bytes, { path }, among)
  const candidates = found.map((extracted): Candidate => {
    const { format, secretType, value, start, end, facts, reference } = extracted
    const { reference: name = '', referenceKind = 'variable', ...rest } = facts
    const text = Buffer.from(value.reveal()).toString('latin1')
    return {
      ruleId: format, kind: secretType, description: `${words(secretType)} (${words(format)})`, secret: value, start: within?.start ?? start, end: within?.end ?? end, inner: { bytes, start, end }, match: value,
      entropyBits: shannonBits(text), facts: reference ? facts : rest, decoders, ...reference ? unobjected : judged(extracted, text, bytes, path, sharedAllowlists),
      reference: reference ? { kind: referenceKind, name } : null, by: 'format', generic: genericFormats.has(format),
    }
  })
  return { candidates, problems }
}

const words = (id: string): string => id.replaceAll('-', ' ')

const unobjected = { suppressedBy: null, exceptedCommits: [] } as const

function judged({ format, secretType, placeholder, start, end }: ExtractedSecret, secret: string, bytes: Buffer, path: string, sharedAllowlists: readonly Allowlist[]): Pick<Candidate, 'suppressedBy' | 'exceptedCommits'> {
  if (placeholder) return { suppressedBy: { filter: 'placeholder', reason: 'only marks where a secret belongs' }, exceptedCommits: [] }
  const lineStart = Math.max(bytes.lastIndexOf(0x0a, Math.max(0, start - 1)) + 1, start - 1000)
  const newline = bytes.indexOf(0x0a, end)
  const line = bytes.toString('latin1', Math.min(lineStart, start), Math.min(newline < 0 ? bytes.length : newline, end + 1000))
  const generic = genericFormats.has(format)
  const rule = { ...formatRule, id: format, kind: secretType, generic, tags: generic ? ['setting'] : [], filters: generic ? settingFilters : ownFilters }
  const { suppressedBy, exceptedCommits } = objection({ rule, secret, match: secret, line, path, sharedAllowlists })
  return { suppressedBy, exceptedCommits }
}

/** A rule in name only, for the filters. */
const formatRule: Rule = {
  id: '', description: '', kind: '', tags: [], regex: null, keywords: [], path: null, entropyBits: null, secretGroup: 0, allowlists: [], requires: [], skipReport: false, generic: false,
  filters: ownFilters, structure: null, examples: { matches: [], others: [] },
}
