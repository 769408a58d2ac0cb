import { type Certificate, type Coverage, type Credential, type CredentialSighting, type EndpointSighting, type ConfigurationSighting, hostPort, type Labels, type MachineSighting, type Observation, placeOf, type ScanProblem } from '@muster/core'
import type { ConfigurationSubject, CredentialSubject, EndpointSubject, Subject, SubjectLocation } from '@muster/rules'

const noLabels: Labels = { owner: null, criticality: null, environment: null, purpose: null }

/** A credential with everywhere one scan saw it. */
export type LocalCredential = { readonly credential: Credential; readonly name: string; readonly sightings: readonly CredentialSighting[]; readonly trustStoreOnly: boolean }

/** What one scan saw, put together in memory: the server's inventory in small, for a command line without a server. */
export class LocalInventory {
  readonly #machines = new Map<string, MachineSighting>()
  readonly #credentials = new Map<string, { credential: Credential; sightings: Map<string, CredentialSighting> }>()
  readonly #endpoints = new Map<string, EndpointSighting>()
  readonly #configurations = new Map<string, ConfigurationSighting>()
  readonly #uses = new Map<string, Set<string>>()
  readonly coverage: Coverage[] = []
  readonly problems: ScanProblem[] = []

  /** Adds what a batch saw; seeing the same thing again changes nothing. */
  add(observations: readonly Observation[], problems: readonly ScanProblem[]): void {
    this.problems.push(...problems)
    for (const observation of observations) {
      if (observation.observation === 'coverage') this.coverage.push(observation)
      else if (observation.observation === 'sighting') this.#addSighting(observation)
      else if (observation.type === 'uses' && observation.from.of === 'machine' && observation.to.of === 'credential') this.#addUse(observation.from.ref, observation.to.fingerprint, observation.source)
    }
  }

  #addSighting(sighting: Exclude<Observation, { observation: 'coverage' | 'relation' }>): void {
    switch (sighting.of) {
      case 'machine': this.#machines.set(sighting.ref, sighting); break
      case 'credential': this.#addCredential(sighting); break
      case 'endpoint': this.#endpoints.set(`${sighting.machine} ${endpointName(sighting)}`, sighting); break
      case 'configuration': this.#configurations.set(`${sighting.machine} ${sighting.path} ${sighting.entry}`, sighting); break
      case 'identity': break
    }
  }

  #addCredential(sighting: CredentialSighting): void {
    const { credential, machine, location } = sighting
    const known = this.#credentials.get(credential.fingerprint) ?? { credential, sightings: new Map<string, CredentialSighting>() }
    // A key seen in any SSH role is an SSH key.
    if (known.credential.kind === 'private-key' && credential.kind === 'ssh-key') known.credential = credential
    known.sightings.set(`${machine} ${location.kind} ${location.part} ${placeOf(location)}`, sighting)
    this.#credentials.set(credential.fingerprint, known)
  }

  #addUse(machine: string, fingerprint: string, path: string): void {
    const key = `${machine} ${fingerprint}`
    const paths = this.#uses.get(key) ?? new Set()
    this.#uses.set(key, paths.add(path))
  }

  /** Files of a machine that take a credential from elsewhere. */
  usersOf(machine: string, fingerprint: string): readonly string[] {
    return [...this.#uses.get(`${machine} ${fingerprint}`) ?? []]
  }

  get machines(): readonly MachineSighting[] {
    return [...this.#machines.values()]
  }

  get endpoints(): readonly EndpointSighting[] {
    return [...this.#endpoints.values()]
  }

  get credentials(): readonly LocalCredential[] {
    return [...this.#credentials.values()].map(({ credential, sightings }) => {
      const all = [...sightings.values()]
      return { credential, name: credentialName(credential, all), sightings: all, trustStoreOnly: all.every(inTrustStore) }
    })
  }

  /** Everything rules can judge, as of `now`. */
  subjects(now: Date): Subject[] {
    const credentials = this.credentials
    const byKey = Map.groupBy(credentials, (one) => one.credential.spkiSha256 ?? one.credential.fingerprint)
    return [
      ...credentials.map((one) => this.#credentialSubject(one, byKey.get(one.credential.spkiSha256 ?? one.credential.fingerprint) ?? [], now)),
      ...this.endpoints.map((endpoint) => this.#endpointSubject(endpoint, now)),
      ...[...this.#configurations.values()].map((configuration) => this.#configurationSubject(configuration)),
    ]
  }

  #credentialSubject(one: LocalCredential, sameKey: readonly LocalCredential[], now: Date): CredentialSubject {
    const locations: SubjectLocation[] = one.sightings.map((sighting) => ({
      location: sighting.location, machineId: sighting.machine, machineName: this.#machineName(sighting.machine), machineKind: this.#machines.get(sighting.machine)?.machineKind ?? 'device', machineLabels: noLabels, lastSeen: now,
    }))
    return {
      // A scan without a server knows no owners: somebody unnamed answers for everything, so that no rule asks who.
      type: 'credential', id: one.credential.fingerprint, name: one.name, credential: one.credential, secretState: one.credential.kind === 'secret' ? 'new' : null, trustStoreOnly: one.trustStoreOnly, labels: { ...noLabels, owner: 'local' },
      firstSeen: now, lastSeen: now, locations, locationCount: locations.length, machineCount: new Set(locations.map((at) => at.machineId)).size, weaknesses: [],
      sameKey: sameKey.filter((other) => other !== one).map((other) => ({ id: other.credential.fingerprint, kind: other.credential.kind, name: other.name, owner: null })),
    }
  }

  #endpointSubject(endpoint: EndpointSighting, now: Date): EndpointSubject {
    const certificate = (fingerprint: string): Certificate[] => {
      const known = this.#credentials.get(fingerprint)?.credential
      return known?.kind === 'certificate' ? [known] : []
    }
    const { host, port, sni, starttls, protocol, tls, ssh, process } = endpoint
    return {
      type: 'endpoint', id: `${endpoint.machine} ${endpointName(endpoint)}`, name: endpointName(endpoint), machineId: endpoint.machine,
      machineName: this.#machineName(endpoint.machine), labels: noLabels, host, port, sni, starttls, protocol, tls, ssh, process, lastSeen: now,
      chains: (tls?.chains ?? []).map((chain) => chain.flatMap(certificate)),
    }
  }

  #configurationSubject(configuration: ConfigurationSighting): ConfigurationSubject {
    const { machine, path, entry, format, settings } = configuration
    const machineName = this.#machineName(machine)
    return { type: 'configuration', id: `${machine} ${path} ${entry}`, name: `${machineName}:${path}${entry === '' ? '' : `#${entry}`}`, machineId: machine, machineName, labels: noLabels, path, format, settings }
  }

  #machineName(ref: string): string {
    return this.#machines.get(ref)?.name ?? ref
  }
}

function endpointName({ host, port, sni, starttls }: EndpointSighting): string {
  return `${hostPort(host, port)}${starttls === null ? '' : ` (${starttls})`}${sni === null || sni === host ? '' : ` as ${sni}`}`
}

function inTrustStore({ location }: CredentialSighting): boolean {
  return 'trustStore' in location && location.trustStore
}

function credentialName(credential: Credential, sightings: readonly CredentialSighting[]): string {
  const own = ownName(credential)
  if (own !== '') return own
  for (const { location } of sightings) {
    if ('comment' in location && location.comment !== null && location.comment !== '') return location.comment
    if (location.kind === 'keystore-entry') return location.alias
    if (location.kind === 'known-host') return location.hosts[0] === undefined ? 'known host key' : `host key of ${location.hosts[0]}`
  }
  const first = sightings[0]
  return first === undefined ? credential.fingerprint.slice(0, 16) : (placeOf(first.location).split('/').at(-1) ?? '')
}

function ownName(credential: Credential): string {
  switch (credential.kind) {
    case 'certificate':
    case 'certificate-request': return credential.commonName ?? credential.subjectAltNames[0]?.value ?? credential.subject
    case 'ssh-certificate': return credential.keyId
    case 'pgp-key': return credential.userIds[0] ?? ''
    case 'crl': return credential.issuer
    case 'secret': return credential.secretType
    case 'private-key':
    case 'ssh-key': return ''
  }
}
