import type { VerificationOptions } from '@muster/connectors'
import { MusterError, type Severity } from '@muster/core'
import { serverOptions } from '../api/login.ts'
import type { OptionSpecs, OptionValues } from '../command.ts'
import { wholeNumber } from '../output.ts'
import { failOn } from '../scan/command-options.ts'
import { type GitleaksFormat, gitleaksFormats } from './gitleaks-report.ts'

/** Options about what is looked for; scans and hooks share them. */
export const detectionOptions = {
  config: { type: 'string', short: 'c', value: 'FILE', help: 'rules in the gitleaks format; else GITLEAKS_CONFIG, GITLEAKS_CONFIG_TOML, TARGET/.gitleaks.toml, the built-in ones' },
  'baseline-path': { type: 'string', short: 'b', value: 'FILE', help: 'known values to leave out: ours, a JSON report of gitleaks, a baseline of detect-secrets; else TARGET/.muster-baseline' },
  'gitleaks-ignore-path': { type: 'string', short: 'i', value: 'PATH', help: 'a .gitleaksignore, or the directory it is in (default .); one in TARGET counts too' },
  'ignore-gitleaks-allow': { type: 'boolean', help: 'comments such as gitleaks:allow except nothing' },
  'enable-rule': { type: 'string', multiple: true, value: 'ID', help: 'only these rules; may be repeated, and hold several with commas' },
  'max-target-megabytes': { type: 'string', value: 'N', help: 'read no more than this of a file' },
  'max-decode-depth': { type: 'string', value: 'N', help: 'encodings within encodings to undo at most; 0 for none' },
  'max-archive-depth': { type: 'string', value: 'N', help: 'archives within archives to open at most; 0 for none' },
  timeout: { type: 'string', value: 'SECONDS', help: 'stop after so long' },
} as const satisfies OptionSpecs

/** Options of `scan secrets`: those of every scan here, and gitleaks' own by their names. */
export const secretsScanOptions = {
  json: { type: 'boolean', help: 'one JSON document' },
  ndjson: { type: 'boolean', help: 'one JSON object a line' },
  csv: { type: 'boolean', help: 'CSV with the columns of gitleaks' },
  sarif: { type: 'boolean', help: 'a SARIF 2.1.0 log' },
  format: { type: 'string', value: 'FORMAT', help: 'table, json, ndjson, csv, sarif, junit' },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'write that report there instead of to standard output' },
  'report-path': { type: 'string', short: 'r', value: 'FILE', help: 'also write a report as gitleaks does; - is standard output, and then nothing else goes there' },
  'report-format': { type: 'string', short: 'f', value: 'FORMAT', help: `${gitleaksFormats.join(', ')}; by the name of the file when not given, else json` },
  'fail-on': { type: 'string', value: 'SEVERITY', help: 'exit with 1 only on a secret at least this bad: critical, high, medium, low, info' },
  'exit-code': { type: 'string', value: 'N', help: 'exit with N instead of 1 when something was found' },
  redact: { type: 'string', bare: '100', value: 'PERCENT', help: 'how much of a value reports hide (default 100); less shows secrets' },
  verbose: { type: 'boolean', short: 'v', help: 'all about each secret instead of a table' },
  'include-known': { type: 'boolean', help: 'show what the baseline knows as well, with its state; it does not count' },
  'write-baseline': { type: 'string', value: 'FILE', help: 'add everything found to this baseline, which is made when it is not there' },
  source: { type: 'string', short: 's', value: 'TARGET', help: 'the same as TARGET' },
  'no-git': { type: 'boolean', help: 'read a repository as a directory, without its history' },
  'log-opts': { type: 'string', dashed: true, value: 'OPTIONS', help: 'only what these commits bring in: ranges, --all, --since=…, -n N, paths … as for git log' },
  staged: { type: 'boolean', help: 'only what is staged in the repository and not committed' },
  'pre-commit': { type: 'boolean', help: 'the same as --staged' },
  pipe: { type: 'boolean', help: 'read standard input, as TARGET - does' },
  exclude: { type: 'string', multiple: true, value: 'PATH', help: 'leave this out; may be repeated' },
  threads: { type: 'string', value: 'N', help: 'threads that look at files (default 2)' },
  verify: { type: 'string', multiple: true, value: 'PROVIDER', help: 'ask this provider whether its secrets are live; the value goes to it and nobody else; may be repeated, and hold several with commas' },
  'verify-url': { type: 'string', multiple: true, value: 'PROVIDER=URL', help: 'the provider’s API in an installation of one’s own' },
  'verify-egress': { type: 'string', multiple: true, value: 'HOST', help: 'a host or range that may be asked besides, e.g. *.okta.com' },
  ...detectionOptions,
  'no-banner': { type: 'boolean', help: 'accepted; there is none' },
  'no-color': { type: 'boolean', help: 'no colours' },
  'log-level': { type: 'string', short: 'l', value: 'LEVEL', help: 'accepted; standard error says what matters' },
  send: { type: 'boolean', help: 'also send what was seen to the server of MUSTER_SERVER or the stored login; values never leave this machine' },
  ...serverOptions,
} as const satisfies OptionSpecs

export type SecretsScanFlags = OptionValues<typeof secretsScanOptions>

export const secretsFormats = ['table', 'json', 'ndjson', 'csv', 'sarif', 'junit'] as const
export type SecretsFormat = (typeof secretsFormats)[number]

/** The flags as values. `report` is the file in a format of gitleaks, `-` for standard output. */
export type SecretsScanSettings = {
  readonly format: SecretsFormat
  readonly report: { readonly path: string; readonly format: GitleaksFormat } | null
  readonly threshold: Severity | null
  readonly exitCode: number
  readonly redactPercent: number
  readonly enabledRules: readonly string[]
  /** Null asks nobody. */
  readonly verification: VerificationOptions | null
  readonly maxFileBytes: number | null
  readonly maxDecodeDepth: number | null
  readonly maxArchiveDepth: number | null
  readonly timeoutSeconds: number | null
}

const MEGABYTE = 1_000_000

/** @throws MusterError usage.invalid */
export function scanSettings(flags: SecretsScanFlags): Omit<SecretsScanSettings, 'verification'> {
  return {
    format: outputFormat(flags), report: gitleaksOutput(flags), threshold: failOn(flags['fail-on']),
    exitCode: bounded('exit-code', flags['exit-code'], 1, 255), redactPercent: bounded('redact', flags.redact, 100, 100), ...detectionSettings(flags),
  }
}

/** The values of {@link detectionOptions}. @throws MusterError usage.invalid */
export function detectionSettings(flags: OptionValues<typeof detectionOptions>): Pick<SecretsScanSettings, 'enabledRules' | 'maxFileBytes' | 'maxDecodeDepth' | 'maxArchiveDepth' | 'timeoutSeconds'> {
  const depth = (name: 'max-decode-depth' | 'max-archive-depth') => (flags[name] === undefined ? null : wholeNumber(name, flags[name], 0))
  const megabytes = wholeNumber('max-target-megabytes', flags['max-target-megabytes'], 0)
  return {
    enabledRules: flags['enable-rule'].flatMap((text) => text.split(',')).map((id) => id.trim()).filter((id) => id !== ''),
    maxFileBytes: megabytes === 0 ? null : megabytes * MEGABYTE, maxDecodeDepth: depth('max-decode-depth'), maxArchiveDepth: depth('max-archive-depth'),
    timeoutSeconds: wholeNumber('timeout', flags.timeout, 0) || null,
  }
}

function outputFormat(flags: SecretsScanFlags): SecretsFormat {
  const chosen = [...(['json', 'ndjson', 'csv', 'sarif'] as const).filter((name) => flags[name]), ...(flags.format === undefined ? [] : [flags.format])]
  if (chosen.length > 1) throw new MusterError('usage.invalid', `choose one format, not ${chosen.join(' and ')}`)
  const format = secretsFormats.find((name) => name === (chosen[0] ?? 'table'))
  if (format === undefined) throw new MusterError('usage.invalid', `--format takes ${secretsFormats.join(', ')}, not ${JSON.stringify(chosen[0])}`)
  return format
}

function gitleaksOutput(flags: SecretsScanFlags): SecretsScanSettings['report'] {
  const wanted = flags['report-format']?.trim().toLowerCase()
  const path = flags['report-path'] ?? (wanted === undefined ? undefined : '-')
  if (path === undefined) return null
  const byName = { csv: 'csv', sarif: 'sarif', xml: 'junit' }[/\.([a-z]+)$/.exec(path.toLowerCase())?.[1] ?? ''] ?? 'json'
  const format = gitleaksFormats.find((name) => name === (wanted ?? byName))
  if (format === undefined) throw new MusterError('usage.invalid', `--report-format takes ${gitleaksFormats.join(', ')}, not ${JSON.stringify(wanted)}`)
  return { path, format }
}

function bounded(name: string, text: string | undefined, fallback: number, max: number): number {
  const number = wholeNumber(name, text, fallback)
  if (number > max) throw new MusterError('usage.invalid', `--${name} takes 0 to ${max}, not ${number}`)
  return number
}
