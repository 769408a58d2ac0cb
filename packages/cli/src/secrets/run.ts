import { randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { MusterError } from '@muster/core'
import { createClient } from '../api/client.ts'
import { serverAccess } from '../api/login.ts'
import type { Environment } from '../environment.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { writeOutput } from '../output.ts'
import { problemText } from '../scan/report.ts'
import { version } from '../version.ts'
import { addToBaseline, openBaseline } from './baseline-file.ts'
import { judge } from './judge.ts'
import { knownSources } from './known-sources.ts'
import { logOptions } from './log-options.ts'
import { pipelineRules, recognisable } from './pipeline-findings.ts'
import { renderGitleaks, renderSecrets, type SecretsReport } from './report.ts'
import { chooseRules } from './rule-choice.ts'
import { SecretsScan } from './scan.ts'
import { scanSettings, type SecretsScanFlags, type SecretsScanSettings } from './scan-options.ts'
import { sendStates } from './send-states.ts'
import { verificationOf } from './verification-flags.ts'

/** Scans for secrets as the flags say, reports them, and sends them where a server was named. */
export async function scanForSecrets(targets: readonly string[], flags: SecretsScanFlags, environment: Environment): Promise<ExitCode> {
  const settings = { ...scanSettings(flags), verification: verificationOf(flags) }
  refuseToShow(settings, flags, environment)
  const stream = flags.pipe || targets.includes('-')
  if (stream && targets.some((target) => target !== '-')) throw new MusterError('usage.invalid', 'standard input is scanned alone')
  const paths = stream ? [] : targets.length === 0 ? ['.'] : targets
  for (const path of paths) refuseUnreadable(path)
  const sending = flags.send || flags.server !== undefined
  const staged = flags.staged || flags['pre-commit']
  if (staged && flags['log-opts'] !== undefined) throw new MusterError('usage.invalid', 'choose one of --staged and --log-opts')
  const partly = staged || flags['log-opts'] !== undefined
  if (sending && (stream || partly)) throw new MusterError('usage.invalid', 'only whole targets are sent to a server: leave out --log-opts, --staged and standard input')
  const directories = paths.filter((path) => statSync(path).isDirectory())
  const rules = await chooseRules({ config: flags.config, environmentPath: environment.rulesPath, environmentToml: environment.rulesToml, targets: directories, hostileTargets: true, enabled: settings.enabledRules, clock: environment.clock })
  const sources = await knownSources({ baselinePath: flags['baseline-path'], ignorePath: flags['gitleaks-ignore-path'], targets: directories, ruleIds: new Set([...rules.ruleSet.rules.map(({ id }) => id), ...pipelineRules.map(({ id }) => id)]) })
  const target = flags['write-baseline'] === undefined ? null : await openBaseline(flags['write-baseline'])
  const scan = new SecretsScan(environment, settings, rules, Buffer.from(target?.salt ?? sources.baseline?.own?.salt ?? randomBytes(32).toString('hex'), 'hex'), sending ? await serverAccess(flags, environment) : null, flags['ignore-gitleaks-allow'])

  const startedAt = environment.clock.now()
  const collected = stream ? await scan.judged(await scan.stream(Buffer.from(await environment.readStdin())))
    : partly ? await scan.judged(await scan.commits(paths, staged ? null : logOptions(flags['log-opts'] ?? '')))
    : await scan.targets(paths, flags)
  const leaks = judge(collected.placed, { fingerprintOf: scan.fingerprintOf, known: sources.known, now: startedAt })
  const fresh = leaks.filter(({ known }) => known === null)
  const findings = stream || partly ? null : scan.pipelineFindings(paths).filter((finding) => sources.known.look(recognisable(finding)) === null)
  const report: SecretsReport = {
    version, startedAt, finishedAt: environment.clock.now(), complete: collected.complete, leaks: flags['include-known'] ? leaks : fresh, findings, knownCount: leaks.length - fresh.length, suppressed: scan.sieve.suppressed,
    problems: collected.problems, rules: rules.ruleSet.rules, tags: new Map(rules.ruleSet.rules.map(({ id, tags }) => [id, tags])), redactPercent: settings.redactPercent, verbose: flags.verbose,
  }
  await writeReports(report, settings, flags, environment)
  for (const line of [...rules.warnings, ...sources.warnings, ...collected.problems.slice(0, 5).map(problemText)]) environment.terminal.say(line)
  if (target !== null && !scan.cancelled) environment.terminal.say(`${await addToBaseline(target, leaks)} added to ${target.path}, which knows ${target.entries.size} values`)
  if (scan.sent !== null) environment.terminal.say(`sent to the server as scan ${scan.sent}`)
  if (scan.access !== null) for (const line of await sendStates(createClient(scan.access, environment.signal), leaks.filter(({ fingerprint }) => scan.isServers(fingerprint)), environment.clock)) environment.terminal.say(line)
  if (scan.cancelled) return exitCodes.cancelled
  if (target === null && scan.counts(fresh, findings ?? [])) return settings.exitCode as ExitCode
  // A repository that git cannot read is no clean one, nor is a file that rules did not come back from.
  if (!scan.timedOut) return collected.problems.some(({ code, where }) => code === 'input.timeout' || (code === 'file.unreadable' && (where === '.git' || paths.includes(where)))) ? exitCodes.input : exitCodes.ok
  environment.terminal.say(`muster: not everything was looked at within ${settings.timeoutSeconds} seconds`)
  return exitCodes.input
}

function refuseUnreadable(path: string): void {
  if (!existsSync(path)) throw new MusterError('file.unreadable', `cannot read ${path}: there is no such file or directory`, { path })
  const facts = statSync(path)
  if (!facts.isFile() && !facts.isDirectory()) throw new MusterError('file.unreadable', `${path} is neither a file nor a directory; - reads standard input`, { path })
}

/** Values are shown to whoever asks for them at a terminal, or into a file, never into the log of a pipeline. */
function refuseToShow({ redactPercent, report }: SecretsScanSettings, flags: SecretsScanFlags, { terminal }: Environment): void {
  if (redactPercent >= 100 || terminal.outputIsTerminal) return
  const toStdout = report === null ? flags.output === undefined : report.path === '-'
  if (toStdout) throw new MusterError('usage.invalid', `--redact=${redactPercent} shows secrets: name a file with --report-path, or run it on a terminal`)
}

async function writeReports(report: SecretsReport, { report: extra, format }: SecretsScanSettings, flags: SecretsScanFlags, { terminal }: Environment): Promise<void> {
  if (extra !== null && extra.path !== '-') await writeOutput(extra.path, [renderGitleaks(extra.format, report)])
  if (extra?.path === '-') return terminal.out(renderGitleaks(extra.format, report))
  const text = renderSecrets(format, report, flags['no-color'] ? { ...terminal, colours: false } : terminal)
  if (flags.output === undefined) await terminal.out(text)
  else await writeOutput(flags.output, [text])
}
