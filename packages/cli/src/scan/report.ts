import { type Credential, daysLeft, keyFactsOf, notAfterOf, placeOf, type ScanProblem, severities, type Severity, severityRank } from '@muster/core'
import { csvLine, sarifLog } from '@muster/core/export'
import { defaultPolicy } from '@muster/core/api'
import { evaluate, rules } from '@muster/rules'
import type { Terminal } from '../environment.ts'
import { paintSeverity, renderTable, visible } from '../terminal/table.ts'
import type { LocalInventory } from './local-inventory.ts'

/** A finding of a scan without a server. */
export type LocalFinding = {
  readonly ruleId: string
  readonly title: string
  readonly severity: Severity
  readonly object: string
  readonly fingerprint: string | null
  readonly evidence: string
  readonly places: readonly string[]
  readonly remedy: string
}

/** Evaluates every rule on what the scan saw, worst first. */
export function findingsOf(inventory: LocalInventory, now: Date): LocalFinding[] {
  const found = inventory.subjects(now).flatMap((subject) =>
    evaluate(subject, { now, policy: defaultPolicy }).verdicts.map(({ rule, severity, violation }) => ({
      ruleId: rule.id, title: rule.title, severity, object: subject.name, fingerprint: subject.type === 'credential' ? subject.id : null, evidence: violation.evidence,
      places: violation.places ?? (subject.type === 'credential' ? subject.locations.slice(0, 10).map((at) => placeOf(at.location)) : [subject.name]), remedy: rule.remedy,
    })))
  return found.sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || compare(a.ruleId, b.ruleId) || compare(a.object, b.object))
}

export const reportFormats = ['table', 'json', 'ndjson', 'csv', 'sarif'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What a report is made of. */
export type Report = {
  readonly kind: string
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly complete: boolean
  readonly inventory: LocalInventory
  readonly findings: readonly LocalFinding[]
}

/** A problem in a line, its place first and once. */
export function problemText({ where, message }: ScanProblem): string {
  return visible(message.startsWith(where) ? message : `${where}: ${message}`)
}

/** The report as text for standard output. */
export function renderReport(format: ReportFormat, report: Report, terminal: Terminal): string {
  switch (format) {
    case 'table': return tables(report, terminal)
    case 'json': return `${JSON.stringify(document(report), null, 2)}\n`
    case 'ndjson': return lines(report)
    case 'csv': return csv(report)
    case 'sarif': return `${JSON.stringify(sarif(report), null, 2)}\n`
  }
}

function credentialsOf({ inventory }: Report) {
  return inventory.credentials.map(({ credential, name, sightings, trustStoreOnly }) => ({
    name, trustStoreOnly, ...credential,
    locations: sightings.map((sighting) => ({ machine: sighting.machine, place: placeOf(sighting.location), ...sighting.location })),
  }))
}

function summary({ kind, version, startedAt, finishedAt, complete }: Report) {
  return { tool: 'muster', version, scan: kind, startedAt: startedAt.toISOString(), finishedAt: finishedAt.toISOString(), complete }
}

function document(report: Report) {
  const { inventory, findings } = report
  return { ...summary(report), machines: inventory.machines, credentials: credentialsOf(report), endpoints: inventory.endpoints, findings, problems: inventory.problems, coverage: inventory.coverage }
}

function lines(report: Report): string {
  const { inventory, findings } = report
  const groups = { machine: inventory.machines, credential: credentialsOf(report), endpoint: inventory.endpoints, finding: findings, problem: inventory.problems, coverage: inventory.coverage }
  const all = Object.entries(groups).flatMap(([type, items]) => items.map((item) => ({ type, ...item })))
  return [...all, { type: 'summary', ...summary(report) }].map((item) => `${JSON.stringify(item)}\n`).join('')
}

const csvColumns = ['kind', 'name', 'fingerprint', 'spkiSha256', 'sshFingerprint', 'algorithm', 'keySizeBits', 'notBefore', 'notAfter', 'issuer', 'machine', 'place', 'part', 'worstSeverity', 'findings'] as const

function csv(report: Report): string {
  const byFingerprint = Map.groupBy(report.findings, (finding) => finding.fingerprint)
  let text = csvLine(csvColumns)
  for (const { credential, name, sightings } of report.inventory.credentials) {
    const own = byFingerprint.get(credential.fingerprint) ?? []
    const key = keyFactsOf(credential)
    for (const sighting of sightings) {
      text += csvLine([
        credential.kind, name, credential.fingerprint, credential.spkiSha256, 'sshFingerprint' in credential ? credential.sshFingerprint : null, key?.algorithm, key?.sizeBits,
        'notBefore' in credential ? credential.notBefore : null, notAfterOf(credential), 'issuer' in credential ? credential.issuer : null,
        sighting.machine, placeOf(sighting.location), sighting.location.part, own[0]?.severity, own.map((finding) => finding.ruleId).join(' '),
      ])
    }
  }
  return text
}

function sarif({ version, findings }: Report) {
  return sarifLog(version, rules, findings.map((finding) => ({
    ruleId: finding.ruleId, severity: finding.severity, message: `${finding.object}: ${finding.evidence}`,
    fingerprint: `${finding.ruleId}:${finding.fingerprint ?? finding.object}`, places: finding.places,
  })))
}

function tables(report: Report, terminal: Terminal): string {
  const own = report.inventory.credentials.filter((one) => !one.trustStoreOnly)
  const anchors = report.inventory.credentials.length - own.length
  const now = report.finishedAt
  const worst = new Map<string, Severity>()
  for (const finding of report.findings) if (finding.fingerprint !== null && !worst.has(finding.fingerprint)) worst.set(finding.fingerprint, finding.severity)
  const paint = (text: string, severity: Severity | undefined) => (terminal.colours && severity !== undefined ? paintSeverity(text, severity) : text)
  const credentials = renderTable([
    { heading: 'KIND', cell: (row) => row.credential.kind },
    { heading: 'NAME', cell: (row) => row.name, flexible: true },
    { heading: 'KEY', cell: (row) => keyText(row.credential) },
    { heading: 'EXPIRES', cell: (row) => expiryText(row.credential, now) },
    { heading: 'WORST', cell: (row) => worst.get(row.credential.fingerprint) ?? '', paint: (text, row) => paint(text, worst.get(row.credential.fingerprint)) },
    { heading: 'WHERE', cell: (row) => whereText(row.sightings.map((sighting) => placeOf(sighting.location))), flexible: true },
  ], own.toSorted((a, b) => compare(a.credential.kind, b.credential.kind) || compare(a.name, b.name)), terminal.columns)
  const findings = report.findings.length === 0 ? 'no findings\n' : renderTable([
    { heading: 'SEVERITY', cell: (row) => row.severity, paint: (text, row) => paint(text, row.severity) },
    { heading: 'RULE', cell: (row) => row.ruleId },
    { heading: 'OBJECT', cell: (row) => row.object, flexible: true },
    { heading: 'EVIDENCE', cell: (row) => row.evidence, flexible: true },
  ], report.findings, terminal.columns)
  const counts = severities.flatMap((severity) => {
    const count = report.findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}`]
  })
  const trust = anchors === 0 ? '' : ` and ${anchors} public trust anchors`
  const ending = report.complete ? '' : '\nthe scan did not look at everything: see --json for problems and coverage'
  return `${credentials}\n${findings}\n${counted(own.length, 'credential')}${trust}, ${counted(report.inventory.endpoints.length, 'endpoint')}, ${counted(report.inventory.problems.length, 'problem')}; findings: ${counts.join(', ') || 'none'}${ending}\n`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function keyText(credential: Credential): string {
  const key = keyFactsOf(credential)
  if (key === null) return ''
  return key.algorithm === 'ec' ? (key.curve ?? 'ec') : `${key.algorithm}${key.sizeBits === null || /^(ed|x|ml|slh)/.test(key.algorithm) ? '' : ` ${key.sizeBits}`}`
}

function expiryText(credential: Credential, now: Date): string {
  const notAfter = notAfterOf(credential)
  if (notAfter === null) return ''
  const days = daysLeft(new Date(notAfter), now)
  if (new Date(notAfter) < now) return days === 0 ? 'expired today' : `expired ${-days} d ago`
  return `in ${days} d`
}

function whereText(places: readonly string[]): string {
  return places.length > 1 ? `${places[0]} +${places.length - 1}` : (places[0] ?? '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
