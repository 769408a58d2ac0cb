import { MusterError, severities, type Severity, severityRank } from '@muster/core'
import { serverOptions } from '../api/login.ts'
import type { OptionSpecs } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type LocalFinding, type ReportFormat, reportFormats } from './report.ts'

/** Options that every scan has. */
export const scanOptions = {
  json: { type: 'boolean', help: 'one JSON document' },
  ndjson: { type: 'boolean', help: 'one JSON object a line' },
  csv: { type: 'boolean', help: 'a CSV line per credential and place' },
  sarif: { type: 'boolean', help: 'a SARIF 2.1.0 log of the findings' },
  format: { type: 'string', value: 'FORMAT', help: reportFormats.join(', ') },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'write the report there instead of to standard output' },
  'fail-on': { type: 'string', value: 'SEVERITY', help: `exit with 1 on a finding at least this bad: ${severities.join(', ')}` },
  send: { type: 'boolean', help: 'also send what was seen to the server of MUSTER_SERVER or the stored login' },
  ...serverOptions,
} as const satisfies OptionSpecs

/** The report's format by the flags; `table` without any. @throws MusterError usage.invalid */
export function reportFormat(options: { readonly json: boolean; readonly ndjson: boolean; readonly csv: boolean; readonly sarif: boolean; readonly format: string | undefined }): ReportFormat {
  const chosen = [...(['json', 'ndjson', 'csv', 'sarif'] as const).filter((name) => options[name]), ...(options.format === undefined ? [] : [options.format])]
  if (chosen.length > 1) throw new MusterError('usage.invalid', `choose one format, not ${chosen.join(' and ')}`)
  const format = reportFormats.find((name) => name === (chosen[0] ?? 'table'))
  if (format === undefined) throw new MusterError('usage.invalid', `--format takes ${reportFormats.join(', ')}, not ${JSON.stringify(chosen[0])}`)
  return format
}

/** Severity of `--fail-on`, null without it. @throws MusterError usage.invalid */
export function failOn(text: string | undefined): Severity | null {
  if (text === undefined) return null
  const severity = severities.find((name) => name === text)
  if (severity === undefined) throw new MusterError('usage.invalid', `--fail-on takes ${severities.join(', ')}, not ${JSON.stringify(text)}`)
  return severity
}

/** 1 when a finding is at least as bad as `threshold`, else 0. */
export function exitFor(findings: readonly LocalFinding[], threshold: Severity | null): ExitCode {
  const met = threshold !== null && findings.some((finding) => severityRank(finding.severity) <= severityRank(threshold))
  return met ? exitCodes.found : exitCodes.ok
}
