import { tlsConnector } from '@muster/connectors'
import { type ErrorCode, MusterError, type ScanProblem } from '@muster/core'
import { defineCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { type ExitCode, exitCodes, refusalOf, refusals } from '../exit-codes.ts'
import { explainCredential, explainEndpoint, explainFindings } from '../scan/explain.ts'
import { inspectFile } from '../scan/inspect-file.ts'
import { LocalInventory } from '../scan/local-inventory.ts'
import { readPassphrases } from '../scan/passphrases.ts'
import { findingsOf, problemText } from '../scan/report.ts'
import { runScan } from '../scan/run.ts'

const hostPortPattern = /^(?:[a-z][a-z0-9+-]*:\/\/)?(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})(?:@[A-Za-z0-9_.-]+)?$/

/** `muster inspect` */
export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Explains a certificate, chain, request, revocation list, key, keystore or SSH certificate in a file (- for standard input), or what an endpoint HOST:PORT serves.',
  operands: 'FILE|HOST:PORT',
  options: {
    passphrases: { type: 'string', value: 'FILE', help: 'passphrases to try on keystores and encrypted keys, one a line' },
    json: { type: 'boolean', help: 'one JSON document' },
  },
  run: async ({ operands, options }, environment) => {
    const [subject] = operands
    if (subject === undefined || operands.length > 1) throw new MusterError('usage.invalid', 'inspect takes one file or HOST:PORT')
    const inventory = hostPortPattern.test(subject)
      ? await inspectEndpoint(subject, environment)
      : await inspectFile(subject, await readPassphrases(options.passphrases), environment)
    const findings = findingsOf(inventory, environment.clock.now())
    const credentials = inventory.credentials.map(({ credential, name, sightings }) => ({ name, ...credential, locations: sightings.map((sighting) => sighting.location) }))
    if (options.json) {
      await environment.terminal.out(`${JSON.stringify({ subject, credentials, endpoints: inventory.endpoints, findings, problems: inventory.problems }, null, 2)}\n`)
    } else {
      const now = environment.clock.now()
      const parts = [...inventory.endpoints.map(explainEndpoint), ...inventory.credentials.map((one) => explainCredential(one, now)), explainFindings(findings)]
      await environment.terminal.out(`${parts.join('\n')}`)
    }
    for (const problem of inventory.problems) environment.terminal.say(problemText(problem))
    return inventory.credentials.length === 0 && inventory.endpoints.length === 0 ? exitForNothing(inventory.problems) : exitCodes.ok
  },
})

async function inspectEndpoint(target: string, environment: Environment): Promise<LocalInventory> {
  const inventory = new LocalInventory()
  await runScan(tlsConnector, tlsConnector.options.parse({ targets: [target], depth: 'profile' }), [], environment, async (batch) => { inventory.add(batch.observations, batch.problems) })
  return inventory
}

/** The first problem tells why there is nothing to explain. */
function exitForNothing([problem]: readonly ScanProblem[]): ExitCode {
  return problem !== undefined && problem.code in refusals ? refusalOf(problem.code as ErrorCode).exitCode : exitCodes.input
}
