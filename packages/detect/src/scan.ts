import { type Clock, Secret } from '@muster/core/basis'
import { defaultBudget, type EngineTables, engineTables, MatchEngine, type RuleMatch, type ScanBudget, type Shortfall } from './engine/matching.ts'
import { factsOf, objection } from './filters/filter.ts'
import type { DetectFinding, Suppression } from './finding.ts'
import { LineCounter } from './line-counter.ts'
import type { Rule, RuleSet } from './rule.ts'
import { asBytes } from './text-bytes.ts'

/** Bytes of a line shown to filters on either side of a match. */
const MAX_LINE_BYTES = 1_000

export type ScanInput = {
  readonly bytes: Buffer
  /** With `/` between its parts; decides about path rules and allowlists. */
  readonly path: string
}

/** Findings in the order of the file, suppressed ones among them, and what of the file was not looked at. */
export type ScanResult = { readonly findings: readonly DetectFinding[]; readonly shortfall: Shortfall | null; /** A bit for each watched text that occurs. */ readonly watched: number }

/** Finds credentials in buffers by a set of rules. Made once and used for many files, one at a time. */
export class SecretScanner {
  readonly #ruleSet: RuleSet
  readonly #engine: MatchEngine
  readonly #pathRules: readonly Rule[]

  /** `tables`: those of the rules, where there are any. */
  constructor(ruleSet: RuleSet, tables: EngineTables = engineTables(ruleSet.rules)) {
    this.#ruleSet = ruleSet
    this.#engine = new MatchEngine(tables)
    this.#pathRules = ruleSet.rules.filter(({ regex }) => regex === null)
  }

  /** What `input` holds; never throws for what is in it. The secrets of the result are copies. */
  scan(input: ScanInput, clock: Clock, budget: ScanBudget = defaultBudget): ScanResult {
    const pathBytes = this.#pathRules.length > 0 ? asBytes(input.path) : ''
    const byPath = this.#pathRules.filter(({ path }) => path!.test(pathBytes)).map((rule) => this.#pathFinding(rule, input))
    const { matches, shortfall, watched } = this.#engine.find(input.bytes, clock, budget)
    if (matches.length === 0 && byPath.length === 0) return { findings: [], shortfall, watched }
    const sorted = matches.filter(({ rule }) => rule.path === null || rule.path.test(asBytes(input.path))).sort((a, b) => a.secretStart - b.secretStart || a.start - b.start)
    const lines = new LineCounter(input.bytes)
    const candidates = [...byPath, ...sorted.map((match) => this.#finding(match, input, lines))]
    return { findings: withoutOverlaps(withRequirements(candidates)).filter(({ rule }) => !rule.skipReport).map(({ finding }) => finding), shortfall, watched }
  }

  #finding(match: RuleMatch, { bytes, path }: ScanInput, lines: LineCounter): Judged {
    const { rule, start, end, secretStart, secretEnd } = match
    const text = (from: number, to: number) => bytes.toString('latin1', from, to)
    const secret = text(secretStart, secretEnd)
    const { line, lineStart } = lines.at(secretStart)
    const { suppressedBy, exceptedCommits, entropyBits } = objection({
      rule, secret, path, match: text(start, end), line: text(Math.max(lineStart, start - MAX_LINE_BYTES), lineEnd(bytes, end)), sharedAllowlists: this.#ruleSet.allowlists,
    })
    return {
      rule,
      finding: {
        ruleId: rule.id, kind: rule.kind, start: secretStart, end: secretEnd, matchStart: start, matchEnd: end, line, column: secretStart - lineStart + 1,
        secret: new Secret(Uint8Array.from(bytes.subarray(secretStart, secretEnd))), entropyBits, suppressedBy, exceptedCommits, facts: suppressedBy === null ? factsOf(rule, secret) : {},
      },
    }
  }

  #pathFinding(rule: Rule, { path }: ScanInput): Judged {
    const { suppressedBy, exceptedCommits } = objection({ rule: { ...rule, entropyBits: null, structure: null }, secret: '', match: '', line: '', path, sharedAllowlists: this.#ruleSet.allowlists })
    const nowhere = { start: 0, end: 0, matchStart: 0, matchEnd: 0, line: 1, column: 1 }
    return { rule, finding: { ruleId: rule.id, kind: rule.kind, ...nowhere, secret: Secret.fromText(''), entropyBits: 0, suppressedBy, exceptedCommits, facts: { path: 'the path alone tells' } } }
  }
}

type Judged = { readonly rule: Rule; readonly finding: DetectFinding }

const suppress = (judged: Judged, suppressedBy: Suppression): Judged => ({ ...judged, finding: { ...judged.finding, suppressedBy } })

/** A rule that requires others counts only near a match of each. */
function withRequirements(all: readonly Judged[]): readonly Judged[] {
  return all.map((judged) => {
    const { rule, finding } = judged
    if (finding.suppressedBy !== null) return judged
    const missing = rule.requires.find(({ ruleId, withinLines, withinColumns }) => !all.some(({ finding: other }) => other.ruleId === ruleId && other.suppressedBy === null
      && (withinLines === null || Math.abs(other.line - finding.line) <= withinLines)
      && (withinColumns === null || Math.abs(other.column - finding.column) <= withinColumns)))
    return missing === undefined ? judged : suppress(judged, { filter: 'required', reason: `the rule ${missing.ruleId} finds nothing near` })
  })
}

/** How much a rule knows of what the value is: 2 its provider, 1 its place, 0 a name. */
const knowledge = ({ generic, tags }: Rule): number => generic ? tags.includes('assigned') ? 0 : 1 : 2

/** A rule that knows what the value is wins over a generic one about the same bytes. */
function withoutOverlaps(all: readonly Judged[]): readonly Judged[] {
  const telling = all.filter(({ rule, finding }) => finding.suppressedBy === null && knowledge(rule) > 0)
  return all.map((judged) => {
    const { rule, finding } = judged
    if (!rule.generic || finding.suppressedBy !== null) return judged
    const better = telling.find(({ rule: theirs, finding: other }) => other.start < finding.end && finding.start < other.end && knowledge(theirs) > knowledge(rule))
    return better === undefined ? judged : suppress(judged, { filter: 'overlap', reason: `the rule ${better.rule.id} tells what it is` })
  })
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0x0a, from)
  return Math.min(end < 0 ? bytes.length : end, from + MAX_LINE_BYTES)
}
