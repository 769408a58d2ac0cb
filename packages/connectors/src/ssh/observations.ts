import type { CredentialSighting, EndpointSighting, Observation } from '@muster/core'
import { machineOf } from '../network/machine.ts'
import type { SshProbe } from './probe.ts'

/**
 * A probe's result as observations: the machine (known by its host keys), the endpoint, each host key. With `machine` the sightings
 * belong to a machine the caller has introduced itself.
 */
export function observationsOfSsh(probe: SshProbe, machine?: string): readonly Observation[] {
  const { host, port, status, profile, hostKeys } = probe
  if (status !== 'ssh' && status !== 'unknown') return []
  const ref = machine ?? host
  const keys = hostKeys.filter((credential) => credential.kind === 'ssh-key')
  const identifiers = keys.map(({ fingerprint }) => ({ type: 'ssh-host-key' as const, value: fingerprint }))
  const endpoint: EndpointSighting = {
    observation: 'sighting', of: 'endpoint', machine: ref, host, port, sni: null, starttls: null, protocol: status, tls: null, ssh: profile, process: null,
  }
  const credentials = hostKeys.map((credential): CredentialSighting => {
    const part = credential.kind === 'ssh-key' ? 'public-key' : 'certificate'
    const location: CredentialSighting['location'] = { kind: 'endpoint', part, host, port, protocol: 'ssh', starttls: null, sni: null, position: 0 }
    return { observation: 'sighting', of: 'credential', machine: ref, credential, location }
  })
  return [...(machine === undefined ? [machineOf(host, probe.address, identifiers)] : []), endpoint, ...credentials]
}
