import type { Connector, ScanContext } from '@muster/core'
import { hostPort } from '@muster/core'
import { z } from 'zod'
import type { Network } from '../network/network.ts'
import { networkOf, networkScanOptions, spaceOf } from '../network/options.ts'
import { defaultSshPorts } from '../network/ports.ts'
import { scanEndpoints } from '../network/scan.ts'
import type { EndpointReport } from '../network/scan.ts'
import type { EndpointTarget } from '../network/target-space.ts'
import { observationsOfSsh } from './observations.ts'
import { probeSshIn } from './probe.ts'

/** Options of the SSH connector; see docs/connectors/ssh.md. */
export const sshScanOptionsSchema = z.strictObject(networkScanOptions)
export type SshScanOptions = z.output<typeof sshScanOptionsSchema>

/** OpenSSH drops connections at random above ten that have not logged in (MaxStartups). */
const PER_HOST_CONCURRENCY = 2

/** Finds SSH servers, every host key they have and the algorithms they offer. */
export const sshConnector: Connector<SshScanOptions> = {
  id: 'ssh',
  options: sshScanOptionsSchema as z.ZodType<SshScanOptions>,
  async *scan(options: SshScanOptions, context: ScanContext) {
    const space = spaceOf({ ...options, sni: [] }, defaultSshPorts)
    const network = networkOf(options, space, context.signal, PER_HOST_CONCURRENCY)
    yield* scanEndpoints({
      space, resumeFrom: context.resumeFrom, concurrency: options.concurrency, protocols: ['ssh'], signal: context.signal,
      probe: (target) => probeTarget(network, target),
    })
  },
}

async function probeTarget(network: Network, target: EndpointTarget): Promise<EndpointReport> {
  const probe = await probeSshIn(network, target)
  const where = hostPort(target.host, target.port)
  const answered = probe.complete && probe.status !== 'silent'
  const observations = observationsOfSsh(probe)
  if (target.explicit) {
    const refusal = probe.status === 'refused' ? [{ code: 'connect.refused', where, message: `${where} refused the connection` }] : []
    return { observations, problems: [...probe.problems, ...refusal], answered }
  }
  // In a range, addresses that do not answer are the rule; coverage lists them.
  return { observations, problems: probe.problems.filter(({ code }) => probe.status !== 'silent' || !code.startsWith('connect.')), answered }
}
