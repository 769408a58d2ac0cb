import type { Connector, ScanContext, ScanProblem } from '@muster/core'
import { hostPort } from '@muster/core'
import { z } from 'zod'
import { networkOf, networkScanOptions, spaceOf } from '../network/options.ts'
import { defaultTlsPorts } from '../network/ports.ts'
import { scanEndpoints } from '../network/scan.ts'
import type { EndpointReport } from '../network/scan.ts'
import type { EndpointTarget } from '../network/target-space.ts'
import { observationsOfSsh } from '../ssh/observations.ts'
import { probeSshIn } from '../ssh/probe.ts'
import { observationsOfTls } from './observations.ts'
import { createTlsProbeContext, probeTlsIn } from './probe.ts'
import type { TlsProbe, TlsProbeContext, TlsProbeOptions } from './probe.ts'

/** Options of the TLS connector; see docs/connectors/tls.md. */
export const tlsScanOptionsSchema = z.strictObject({
  ...networkScanOptions,
  /** Names to send as SNI at every endpoint, besides its own. */
  sni: z.array(z.string().min(1).max(253)).max(100).default([]),
  depth: z.enum(['certificates', 'profile']).default('certificates'),
  /** Ask dual-certificate hosts for their other certificate. */
  bothKeyTypes: z.boolean().default(true),
})
export type TlsScanOptions = z.output<typeof tlsScanOptionsSchema>

const PER_HOST_CONCURRENCY = 16

/** Finds TLS endpoints and every certificate they serve. */
export const tlsConnector: Connector<TlsScanOptions> = {
  id: 'tls',
  options: tlsScanOptionsSchema as z.ZodType<TlsScanOptions>,
  async *scan(options: TlsScanOptions, context: ScanContext) {
    const space = spaceOf(options, defaultTlsPorts)
    const probeContext = createTlsProbeContext(networkOf(options, space, context.signal, PER_HOST_CONCURRENCY))
    yield* scanEndpoints({
      space, resumeFrom: context.resumeFrom, concurrency: options.concurrency, protocols: ['tls'], signal: context.signal,
      probe: (target) => probeTarget(probeContext, target, options),
    })
  },
}

async function probeTarget(context: TlsProbeContext, target: EndpointTarget, options: TlsProbeOptions): Promise<EndpointReport> {
  const probe = await probeTlsIn(context, target, options)
  if (probe.status === 'ssh') {
    const ssh = await probeSshIn(context.network, target)
    return { observations: observationsOfSsh(ssh), problems: ssh.problems, answered: ssh.complete && ssh.status !== 'silent' }
  }
  const { observations, problems } = observationsOfTls(probe)
  const kept = target.explicit ? [...problems, ...refusal(probe)] : problems.filter(({ code }) => probe.status !== 'silent' || !code.startsWith('connect.'))
  return { observations, problems: kept, answered: probe.complete && probe.status !== 'silent' }
}

/** The operator named this very endpoint: that nothing listens is worth a word. */
function refusal({ status, host, port }: TlsProbe): readonly ScanProblem[] {
  const where = hostPort(host, port)
  return status === 'refused' ? [{ code: 'connect.refused', where, message: `${where} refused the connection` }] : []
}
