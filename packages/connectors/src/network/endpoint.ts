import { observationsOfSsh } from '../ssh/observations.ts'
import { probeSshIn } from '../ssh/probe.ts'
import type { SshProbe } from '../ssh/probe.ts'
import { observationsOfTls } from '../tls/observations.ts'
import type { ProbeObservations } from '../tls/observations.ts'
import { createTlsProbeContext, probeTlsIn } from '../tls/probe.ts'
import type { ProbeTarget, TlsProbe, TlsProbeOptions } from '../tls/probe.ts'
import { Network } from './network.ts'
import type { NetworkOptions } from './network.ts'

/** What an endpoint turned out to speak, and what it showed. */
export type SniffedEndpoint = { readonly protocol: 'tls'; readonly probe: TlsProbe } | { readonly protocol: 'ssh'; readonly probe: SshProbe } | { readonly protocol: 'unknown'; readonly probe: TlsProbe }

/**
 * Finds out whether an endpoint speaks TLS, STARTTLS or SSH, and reads it. Problems are in the result; it throws only when cancelled.
 * @throws MusterError operation.cancelled
 */
export async function sniffEndpoint(target: ProbeTarget, options: TlsProbeOptions & NetworkOptions): Promise<SniffedEndpoint> {
  const network = new Network(options)
  const probe = await probeTlsIn(createTlsProbeContext(network), target, options)
  if (probe.status === 'ssh') return { protocol: 'ssh', probe: await probeSshIn(network, target) }
  return { protocol: probe.status === 'tls' ? 'tls' : 'unknown', probe }
}

/** The endpoint as observations, see `observationsOfTls` and `observationsOfSsh`. */
export function observationsOfEndpoint(endpoint: SniffedEndpoint, machine?: string): ProbeObservations {
  if (endpoint.protocol === 'ssh') return { observations: observationsOfSsh(endpoint.probe, machine), problems: endpoint.probe.problems }
  return observationsOfTls(endpoint.probe, machine)
}
