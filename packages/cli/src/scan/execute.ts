import { type Connector, MusterError, type Secret } from '@muster/core'
import type { scanKinds } from '@muster/core/api'
import { serverAccess } from '../api/login.ts'
import type { OptionValues } from '../command.ts'
import type { Environment } from '../environment.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { writeOutput } from '../output.ts'
import { version } from '../version.ts'
import { exitFor, failOn, reportFormat, type scanOptions } from './command-options.ts'
import { LocalInventory } from './local-inventory.ts'
import { findingsOf, problemText, renderReport } from './report.ts'
import { runScan } from './run.ts'
import { beginUpload } from './upload.ts'

/** What a scan command hands over: the connector with its options, and how to name the scan to people. */
export type ScanRequest<Options> = {
  readonly kind: (typeof scanKinds)[number]
  readonly title: string
  /** Paths the user named; none for a scan of the network. */
  readonly named: readonly string[]
  readonly connector: Connector<Options>
  readonly input: unknown
  readonly passphrases: readonly Secret[]
}

/** Runs a scan here, reports it, and sends it to a server where one was named. */
export async function executeScan<Options>(request: ScanRequest<Options>, flags: OptionValues<typeof scanOptions>, environment: Environment): Promise<ExitCode> {
  const format = reportFormat(flags)
  const threshold = failOn(flags['fail-on'])
  const options = checkedOptions(request)
  const upload = flags.send || flags.server !== undefined ? await beginUpload(await serverAccess(flags, environment), request, environment.signal) : null
  const inventory = new LocalInventory()
  const startedAt = environment.clock.now()
  const { cancelled, complete } = await runScan(request.connector, options, request.passphrases, environment, async (batch) => {
    inventory.add(batch.observations, batch.problems)
    await upload?.add(batch)
  }).catch(async (error: unknown) => {
    await upload?.finish('incomplete').catch(() => undefined)
    throw error
  })
  await upload?.finish(cancelled ? 'cancelled' : 'complete')
  const finishedAt = environment.clock.now()
  const findings = findingsOf(inventory, finishedAt)
  const text = renderReport(format, { kind: request.kind, version, startedAt, finishedAt, complete, inventory, findings }, environment.terminal)
  if (flags.output === undefined) await environment.terminal.out(text)
  else await writeOutput(flags.output, [text])
  for (const problem of inventory.problems.slice(0, 5)) environment.terminal.say(problemText(problem))
  if (inventory.problems.length > 5) environment.terminal.say(`… and ${inventory.problems.length - 5} more problems (--json lists them)`)
  if (upload !== null) environment.terminal.say(`sent to the server as scan ${upload.scanId}`)
  if (cancelled) return exitCodes.cancelled
  return exitFor(findings, threshold) || nothingToRead(request.named, inventory)
}

/** A path named by hand that is not there, or targets of which none answered: no pipeline should take that for a clean scan. */
function nothingToRead(named: readonly string[], { endpoints, machines, problems }: LocalInventory): ExitCode {
  if (problems.some(({ code, where }) => code === 'file.unreadable' && named.includes(where))) return exitCodes.input
  if (machines.length === 0 && problems.some(({ code }) => code === 'auth.failed')) return exitCodes.access
  const unreached = problems.some(({ code }) => code === 'target.unresolved' || code.startsWith('connect.'))
  return endpoints.length === 0 && unreached ? exitCodes.network : exitCodes.ok
}

function checkedOptions<Options>({ connector, input }: ScanRequest<Options>): Options {
  const parsed = connector.options.safeParse(input)
  if (parsed.success) return parsed.data
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`)
  throw new MusterError('usage.invalid', reasons.join('; '))
}
