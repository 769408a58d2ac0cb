import { csvLine } from '@muster/core/export'
import type { Leak } from './leak.ts'
import { shownValue } from './redaction.ts'
import { junitXml } from './gitleaks-junit.ts'
import { sarifDocument } from './gitleaks-sarif.ts'

export const gitleaksFormats = ['json', 'csv', 'junit', 'sarif'] as const
export type GitleaksFormat = (typeof gitleaksFormats)[number]

/** A finding with the fields of gitleaks' reports, in their order. */
export type GitleaksFinding = {
  readonly RuleID: string
  readonly Description: string
  readonly StartLine: number
  readonly EndLine: number
  readonly StartColumn: number
  readonly EndColumn: number
  readonly Match: string
  readonly Secret: string
  readonly File: string
  readonly SymlinkFile: string
  readonly Commit: string
  readonly Link?: string
  readonly Entropy: number
  readonly Author: string
  readonly Email: string
  readonly Date: string
  readonly Message: string
  readonly Tags: readonly string[]
  /** `commit:file:rule:line`, without a commit `file:rule:line`: what `.gitleaksignore` takes. */
  readonly Fingerprint: string
}

/** What the head of a report says. */
export type GitleaksHead = { readonly version: string; readonly rules: readonly { readonly id: string; readonly description: string }[] }

/** A leak as gitleaks reports it, `redactPercent` of its value hidden; `quoted` is applied to the commit's message. */
export function gitleaksFinding(leak: Leak, redactPercent: number, tags: readonly string[], quoted: (text: string) => string): GitleaksFinding {
  const { secret, match } = shownValue(leak.secret, leak.match, redactPercent)
  const { commit } = leak
  return {
    RuleID: leak.ruleId, Description: leak.description, StartLine: leak.line, EndLine: leak.endLine, StartColumn: leak.column, EndColumn: leak.endColumn, Match: match, Secret: secret,
    File: leak.file, SymlinkFile: '', Commit: commit?.id ?? '', Entropy: Number(leak.entropyBits.toPrecision(7)),
    Author: commit?.author ?? '', Email: commit?.email ?? '', Date: commit?.date ?? '', Message: quoted(commit?.message ?? ''), Tags: tags, Fingerprint: gitleaksFingerprint(leak),
  }
}

/** How gitleaks names a place. */
export function gitleaksFingerprint({ commit, file, ruleId, line }: Pick<Leak, 'commit' | 'file' | 'ruleId' | 'line'>): string {
  return `${commit === null ? '' : `${commit.id}:`}${file}:${ruleId}:${line}`
}

/** A report in one of gitleaks' formats, as a parser written for them reads it. CSV of nothing is empty. */
export function gitleaksReport(format: GitleaksFormat, findings: readonly GitleaksFinding[], head: GitleaksHead): string {
  switch (format) {
    case 'json': return `${JSON.stringify(findings, null, 1)}\n`
    case 'csv': return findings.length === 0 ? '' : [csvLine(csvColumns), ...findings.map((finding) => csvLine(csvColumns.map((column) => (column === 'Tags' ? finding.Tags.join(' ') : finding[column]))))].join('')
    case 'junit': return junitXml(findings)
    case 'sarif': return `${JSON.stringify(sarifDocument(findings, head), null, 1)}\n`
  }
}

const csvColumns = ['RuleID', 'Commit', 'File', 'SymlinkFile', 'Secret', 'Match', 'StartLine', 'EndLine', 'StartColumn', 'EndColumn', 'Author', 'Message', 'Date', 'Email', 'Fingerprint', 'Tags'] as const
