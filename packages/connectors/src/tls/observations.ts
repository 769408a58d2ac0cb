import type { CredentialSighting, EndpointSighting, Observation, ScanProblem } from '@muster/core'
import { hostPort } from '@muster/core'
import { machineOf } from '../network/machine.ts'
import type { TlsBinding } from './bindings.ts'
import { MAX_CHAIN } from './bindings.ts'
import type { TlsProbe } from './probe.ts'

export type ProbeObservations = { readonly observations: readonly Observation[]; readonly problems: readonly ScanProblem[] }

/**
 * A probe's result as observations: the machine, an endpoint per binding, each certificate of each chain at its position. With
 * `machine` the sightings belong to a machine the caller has introduced itself.
 */
export function observationsOfTls(probe: TlsProbe, machine?: string): ProbeObservations {
  if (probe.status !== 'tls' && probe.status !== 'unknown') return { observations: [], problems: probe.problems }
  const observations: Observation[] = machine === undefined ? [machineOf(probe.host, probe.address)] : []
  const problems: ScanProblem[] = [...probe.problems]
  const ref = machine ?? probe.host
  if (probe.bindings.length === 0) observations.push(endpointOf(probe, ref, null))
  for (const binding of probe.bindings) {
    observations.push(endpointOf(probe, ref, binding))
    for (const chain of binding.chains) addChain({ probe, ref, binding, chain, observations, problems })
  }
  return { observations, problems }
}

function endpointOf({ host, port, status, starttls }: TlsProbe, machine: string, binding: TlsBinding | null): EndpointSighting {
  return {
    observation: 'sighting', of: 'endpoint', machine, host, port, sni: binding?.sni ?? null, starttls, protocol: status === 'tls' ? 'tls' : 'unknown',
    tls: binding?.profile ?? null, ssh: null, process: null,
  }
}

type ChainContext = {
  readonly probe: TlsProbe
  readonly ref: string
  readonly binding: TlsBinding
  readonly chain: TlsBinding['chains'][number]
  readonly observations: Observation[]
  readonly problems: ScanProblem[]
}

function addChain({ probe, ref, binding, chain, observations, problems }: ChainContext): void {
  const { host, port, starttls } = probe
  const where = hostPort(host, port)
  if (chain.length > MAX_CHAIN) problems.push({ code: 'input.limit', where, message: `the chain has ${chain.length} certificates; the first ${MAX_CHAIN} are kept` })
  for (const [position, served] of chain.slice(0, MAX_CHAIN).entries()) {
    if (served.certificate === null) {
      problems.push({ code: served.problem.code, where, message: `certificate ${position} of the chain: ${served.problem.message}`.slice(0, 1000) })
      continue
    }
    const location: CredentialSighting['location'] = {
      kind: 'endpoint', part: 'certificate', host, port, protocol: 'tls', starttls, sni: binding.sni, position,
    }
    observations.push({ observation: 'sighting', of: 'credential', machine: ref, credential: served.certificate, location })
  }
}
