import type { RuleDescription, Severity } from '../finding.ts'

/** A line of a file, by a path below what was scanned; null for the whole file. */
export type SarifLine = { readonly file: string; readonly line: number | null }

/** A finding on its way into a SARIF log. */
export type SarifResult = {
  readonly ruleId: string
  readonly severity: Severity
  readonly message: string
  /** Stable over runs, so that viewers recognise a finding they have seen: object and rule, never a line number. */
  readonly fingerprint: string
  /** Absolute paths, `host:port`, or lines of files. */
  readonly places: readonly (string | SarifLine)[]
  readonly suppressed?: { readonly justification: string }
}

const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const satisfies Record<Severity, string>
/** GitHub and others sort by this number. */
const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.0' } as const satisfies Record<Severity, string>

/** A log of runs. */
export type SarifLog = { readonly $schema: string; readonly version: string; readonly runs: readonly object[] }

/** A SARIF 2.1.0 log (OASIS) with one run of `muster` at `version`. */
export function sarifLog(version: string, rules: readonly RuleDescription[], results: readonly SarifResult[]): SarifLog {
  const used = new Set(results.map((result) => result.ruleId))
  const listed = rules.filter((rule) => used.has(rule.id))
  const indexes = new Map(listed.map((rule, index) => [rule.id, index]))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'muster', semanticVersion: version, rules: listed.map(sarifRule) } },
      columnKind: 'utf16CodeUnits',
      results: results.map((result) => ({
        ruleId: result.ruleId,
        ruleIndex: indexes.get(result.ruleId) ?? -1,
        level: levels[result.severity],
        message: { text: sarifText(result.message) },
        locations: result.places.slice(0, 10).map(sarifLocation),
        partialFingerprints: { 'muster/v1': result.fingerprint },
        ...(result.suppressed === undefined ? {} : { suppressions: [{ kind: 'external', justification: result.suppressed.justification }] }),
      })),
    }],
  }
}

function sarifRule(rule: RuleDescription) {
  const url = rule.sources.find((source) => source.url !== null)?.url
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.meaning },
    help: { text: rule.remedy },
    ...(url === undefined || url === null ? {} : { helpUri: url }),
    defaultConfiguration: { level: levels[rule.severity] },
    properties: { 'security-severity': scores[rule.severity], tags: rule.sources.map((source) => source.citation) },
  }
}

/** `[text](address)` is a link in a message (SARIF 2.1.0, 3.11.6): no name found on a machine becomes one. */
export function sarifText(text: string): string {
  return text.replaceAll('](', '] (')
}

/** A relative reference of RFC 3986 for a path. */
export function sarifUri(path: string): string {
  return encodeURI(path.toWellFormed()).replaceAll(/[#?]/g, encodeURIComponent)
}

function sarifLocation(place: string | SarifLine) {
  if (typeof place !== 'string') return { physicalLocation: { artifactLocation: { uri: sarifUri(place.file) }, ...place.line === null ? {} : { region: { startLine: place.line } } } }
  if (!place.startsWith('/')) return { logicalLocations: [{ fullyQualifiedName: place, kind: 'resource' }] }
  return { physicalLocation: { artifactLocation: { uri: `file://${place.toWellFormed().split('/').map(encodeURIComponent).join('/')}` } } }
}
