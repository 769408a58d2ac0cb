import { type ScanProblem } from '@muster/core'
import { sarifLog } from '@muster/core/export'
import type { Terminal } from '../environment.ts'
import { paintSeverity, renderTable, visible } from '../terminal/table.ts'
import { type GitleaksFinding, gitleaksFinding, gitleaksFingerprint, type GitleaksFormat, type GitleaksHead, gitleaksReport } from './gitleaks-report.ts'
import { sarifDocument } from './gitleaks-sarif.ts'
import type { Leak } from './leak.ts'
import { type PipelineFinding, pipelineRules } from './pipeline-findings.ts'
import { lengthOf, withoutValues } from './redaction.ts'
import type { SecretsFormat } from './scan-options.ts'

/** What a report of secrets is made of. */
export type SecretsReport = {
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly complete: boolean
  /** Those to show: what is known only with `--include-known`. */
  readonly leaks: readonly Leak[]
  /** Null where it was not looked for: such things are told of whole targets. */
  readonly findings: readonly PipelineFinding[] | null
  readonly knownCount: number
  readonly suppressed: ReadonlyMap<string, number>
  readonly problems: readonly ScanProblem[]
  readonly rules: GitleaksHead['rules']
  readonly tags: ReadonlyMap<string, readonly string[]>
  readonly redactPercent: number
  readonly verbose: boolean
}

/** The report as text. */
export function renderSecrets(format: SecretsFormat, report: SecretsReport, terminal: Terminal): string {
  switch (format) {
    case 'json': return `${JSON.stringify({ ...summary(report), secrets: report.leaks.map(leakObject), findings: report.findings ?? [], problems: report.problems }, null, 2)}\n`
    case 'ndjson': return [
      ...report.leaks.map((leak) => ({ type: 'secret', ...leakObject(leak) })), ...(report.findings ?? []).map((finding) => ({ type: 'finding', ...finding })), ...report.problems.map((problem) => ({ type: 'problem', ...problem })), { type: 'summary', ...summary(report) },
    ].map((item) => `${JSON.stringify(item)}\n`).join('')
    case 'sarif': return sarif(report)
    case 'csv':
    case 'junit': return renderGitleaks(format, report)
    case 'table': return `${report.verbose ? blocks(report) : report.leaks.length === 0 ? '' : `${secretsTable(report.leaks, terminal)}\n`}${findingsTable(report.findings ?? [], terminal)}${closing(report)}`
  }
}

/** The report in a format of gitleaks: secrets alone. */
export function renderGitleaks(format: GitleaksFormat, report: SecretsReport): string {
  return gitleaksReport(format, gitleaksFindings(report), report)
}

function gitleaksFindings({ leaks, tags, redactPercent }: SecretsReport): readonly GitleaksFinding[] {
  const quoted = redactPercent <= 0 ? (text: string) => text : withoutValues(leaks.map(({ secret }) => secret))
  return leaks.map((leak) => gitleaksFinding(leak, redactPercent, tags.get(leak.ruleId) ?? [], quoted))
}

/** The log of gitleaks, and a second run of the same tool, told apart as viewers ask for it, for what is no secret. It is there without results too, so that viewers close what is done. */
function sarif(report: SecretsReport): string {
  const log = sarifDocument(gitleaksFindings(report), report)
  if (report.findings === null) return `${JSON.stringify(log, null, 1)}\n`
  const own = sarifLog(report.version, pipelineRules, report.findings.map(({ ruleId, severity, file, line, entry, evidence }) => ({
    ruleId, severity, message: evidence, fingerprint: `${ruleId}:${file}:${entry}`, places: [{ file, line }],
  })))
  return `${JSON.stringify({ ...log, runs: [...log.runs, ...own.runs.map((run) => ({ ...run, automationDetails: { id: 'muster/pipelines/' } }))] }, null, 1)}\n`
}

function summary({ version, startedAt, finishedAt, complete, leaks, findings, knownCount, suppressed }: SecretsReport) {
  return {
    scan: 'secrets', version, startedAt: startedAt.toISOString(), finishedAt: finishedAt.toISOString(), complete,
    secretCount: newOnes(leaks).length, findingCount: findings?.length ?? 0, knownCount, suppressed: Object.fromEntries(suppressed),
  }
}

/** A leak without its value: what it is, where, how long, and what the same value is known by. */
function leakObject(leak: Leak) {
  const { ruleId, kind, description, file, line, column, endLine, endColumn, commit, gone, layer, fingerprint, entropyBits, context, known, verified, facts } = leak
  return {
    ruleId, kind, description, file, line, column, endLine, endColumn, commit: commit === null ? null : { id: commit.id, author: commit.author, email: commit.email, date: commit.date }, gone, layer, fingerprint, gitleaksFingerprint: gitleaksFingerprint(leak),
    lengthBytes: lengthOf(leak.secret), entropyBits: Number(entropyBits.toFixed(3)), context, facts, known, verified,
  }
}

/** A line a leak; the value is blotted out of its line. */
export function secretsTable(leaks: readonly Leak[], terminal: Terminal): string {
  return renderTable<Leak>([
    { heading: 'RULE', cell: ({ ruleId }) => ruleId },
    { heading: 'WHERE', cell: ({ file, line, gone }) => `${file === '' ? '-' : file}:${line}${gone ? ' (gone)' : ''}`, flexible: terminal.outputIsTerminal ? 'start' : false },
    ...leaks.some(({ verified }) => verified !== null) ? [{ heading: 'CHECKED', cell: ({ verified }: Leak) => verified ?? '' }] : [],
    ...leaks.some(({ commit }) => commit !== null) ? [{ heading: 'COMMIT', cell: ({ commit }: Leak) => commit?.id.slice(0, 10) ?? '' }] : [],
    ...leaks.some(({ known }) => known !== null) ? [{ heading: 'STATE', cell: ({ known }: Leak) => known?.state ?? '' }] : [],
    { heading: 'LENGTH', cell: ({ secret }) => String(lengthOf(secret)) },
    { heading: 'FINGERPRINT', cell: ({ fingerprint }) => fingerprint.slice(0, 12) },
    { heading: 'CONTEXT', cell: ({ context }) => context.trim(), flexible: true },
  ], leaks, terminal.columns)
}

/** Everything about each, as `--verbose` of gitleaks has it; the value and its line are blotted out. */
function blocks(report: SecretsReport): string {
  const facts = (leak: Leak): readonly (readonly [string, string])[] => [
    ['Finding', leak.context.trim()], ['Kind', `${leak.kind}, ${lengthOf(leak.secret)} bytes`], ['RuleID', leak.ruleId], ['Entropy', leak.entropyBits.toFixed(6)], ['File', leak.file], ['Line', String(leak.line)],
    ...leak.commit === null ? [] : [['Commit', leak.commit.id], ['Author', leak.commit.author], ['Email', leak.commit.email], ['Date', leak.commit.date]] as const,
    ...leak.known === null ? [] : [['State', `${leak.known.state}${leak.known.reason === '' ? '' : `: ${leak.known.reason}`}`]] as const,
    ...Object.keys(leak.facts).length === 0 ? [] : [['Facts', Object.entries(leak.facts).map(([name, text]) => `${name} ${text}`).join(', ')]] as const,
    ['Fingerprint', gitleaksFingerprint(leak)], ['Value', leak.fingerprint],
  ]
  const text = report.leaks.map((leak) => `${facts(leak).map(([name, value]) => `${`${name}:`.padEnd(13)}${visible(value)}\n`).join('')}\n`)
  const filters = [...report.suppressed].map(([filter, count]) => `${count} ${filter}`).join(', ')
  return `${text.join('')}${filters === '' ? '' : `candidates that filters objected to: ${filters}\n`}`
}

/** A line a finding, worst first; nothing where there is none. */
function findingsTable(findings: readonly PipelineFinding[], terminal: Terminal): string {
  if (findings.length === 0) return ''
  return `${renderTable<PipelineFinding>([
    { heading: 'SEVERITY', cell: ({ severity }) => severity, paint: (text, { severity }) => (terminal.colours ? paintSeverity(text, severity) : text) },
    { heading: 'RULE', cell: ({ ruleId }) => ruleId },
    { heading: 'WHERE', cell: ({ file, line }) => `${file}${line === null ? '' : `:${line}`}`, flexible: terminal.outputIsTerminal ? 'start' : false },
    { heading: 'EVIDENCE', cell: ({ evidence }) => evidence, flexible: true },
  ], findings, terminal.columns)}\n`
}

function closing({ leaks, findings, knownCount, complete, problems }: SecretsReport): string {
  const found = newOnes(leaks)
  const values = new Set(found.map(({ fingerprint }) => fingerprint)).size
  const secrets = found.length === 0 ? 'no secrets' : `${plural(values, 'secret')} in ${plural(found.length, 'place')}`
  const known = knownCount === 0 ? '' : `; ${knownCount} known${leaks.length > found.length ? '' : ' left out'}`
  const others = findings === null || findings.length === 0 ? '' : `; ${plural(findings.length, 'finding')} on pipelines`
  return `${secrets}${known}${others}${problems.length === 0 ? '' : `; ${plural(problems.length, 'problem')}`}\n${complete ? '' : 'the scan did not look at everything: see --json for problems\n'}`
}

const newOnes = (leaks: readonly Leak[]) => leaks.filter(({ known }) => known === null)
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
