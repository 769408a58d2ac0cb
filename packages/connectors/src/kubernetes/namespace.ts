import type { Location, ObjectRef, Secret } from '@muster/core'
import { plausibleSecret, secretKindOfName } from '@muster/detect'
import { type ApiClient, type CredentialHandle, instantOf, namedCoverage, type Report, type SightingParts, Sightings, sourceSighting, UnitProblems, type ValueInspector } from '../api/index.ts'
import { type Bindings, serviceAccountName } from './bindings.ts'
import { federations, type SecretUse, secretUses, workloadOf } from './consumers.ts'
import { listObjects, METADATA_ONLY } from './listing.ts'
import type { KubernetesOptions } from './options.ts'
import { readSecretData } from './secret-data.ts'
import { type Pod, type ServiceAccount, shapes } from './shapes.ts'

/** What every unit of a scan shares. */
export type ClusterScan = SightingParts & {
  readonly client: ApiClient
  readonly options: KubernetesOptions
  readonly values: ValueInspector
  readonly passphrases: readonly Secret[]
  readonly machine: string
  readonly name: string
  readonly rights: string
  readonly bindings: Bindings
}

/** Reads one namespace: its Secrets, who uses them, and as whom. */
export async function readNamespace(scan: ClusterScan, namespace: string): Promise<Report> {
  const reader = new NamespaceReader(scan, namespace)
  await reader.serviceAccounts()
  await reader.secrets()
  await reader.pods()
  await reader.ingresses()
  await reader.gateways()
  await reader.certificates()
  return reader.report()
}

class NamespaceReader {
  readonly #scan: ClusterScan
  readonly #namespace: string
  readonly #sightings: Sightings
  readonly #problems: UnitProblems
  /** Credentials by Secret and entry; the empty entry stands for a Secret known by name alone. */
  readonly #held = new Map<string, ReadonlyMap<string, readonly CredentialHandle[]>>()
  readonly #accounts = new Map<string, ObjectRef>()
  #namesComplete = false
  #complete = true
  /** Everything that takes or renews credentials was listed. */
  #consumersComplete = true

  constructor(scan: ClusterScan, namespace: string) {
    this.#scan = scan
    this.#namespace = namespace
    this.#sightings = new Sightings(scan)
    this.#problems = new UnitProblems(`${scan.name}/${namespace}`)
    this.#sightings.add(sourceSighting(scan.machine, scan.name))
  }

  async #list<T>(part: string, api: string, kind: string, item: Parameters<typeof listObjects<T>>[1]['item'], more: Partial<Parameters<typeof listObjects<T>>[1]> = {}) {
    const listing = await listObjects(this.#scan.client, { path: `${api}/namespaces/${this.#namespace}/${kind}`, item, ...more })
    return { items: this.#problems.items(part, listing), complete: listing.complete }
  }

  async serviceAccounts(): Promise<void> {
    const { items, complete } = await this.#list('service accounts', '/api/v1', 'serviceaccounts', shapes.serviceAccount)
    this.#consumersComplete &&= complete
    for (const account of items) this.#account(account.metadata.name, account)
  }

  /** The identity of a service account, seen or merely used. */
  #account(name: string, account: ServiceAccount | null = null): ObjectRef {
    const known = this.#accounts.get(name)
    if (known !== undefined) return known
    const { machine, bindings } = this.#scan
    const subject = serviceAccountName(this.#namespace, name)
    const identity = this.#sightings.identity({
      machine, system: 'kubernetes', name: subject, identityKind: 'machine',
      attributes: { role: 'service-account', namespace: this.#namespace, roles: bindings.rolesOf(subject).join(' '), automountToken: account?.automountServiceAccountToken ?? null, createdAt: instantOf(account?.metadata.creationTimestamp) },
    })
    this.#accounts.set(name, identity)
    for (const { annotation, system } of federations) {
      const assumed = account?.metadata.annotations[annotation]
      if (assumed === undefined || assumed === '') continue
      const target = this.#sightings.identity({ machine, system, name: assumed, identityKind: 'machine', attributes: { trustedBy: 'oidc', serviceAccount: subject } })
      this.#sightings.relate('can-assume', identity, target, `${this.#namespace}/ServiceAccount/${name} ${annotation}`)
    }
    return identity
  }

  /** Names first, then, where they are asked for, the values of the types that matter. */
  async secrets(): Promise<void> {
    const { options, machine, values, passphrases } = this.#scan
    const names = await this.#list('Secrets', '/api/v1', 'secrets', shapes.metadata, { accept: METADATA_ONLY })
    this.#namesComplete = names.complete
    this.#complete &&= names.complete
    if (options.values && names.items.length > 0) {
      const selector = options.skipTypes.map((type) => `type!=${type}`).join(',')
      const full = await this.#list('values of Secrets', '/api/v1', 'secrets', shapes.secret, selector === '' ? {} : { query: { fieldSelector: selector } })
      this.#complete &&= full.complete
      for (const secret of full.items) {
        const { name, annotations } = secret.metadata
        const held = readSecretData(secret, { sightings: this.#sightings, values, machine, passphrases })
        this.#held.set(name, held)
        const account = annotations['kubernetes.io/service-account.name']
        if (secret.type !== 'kubernetes.io/service-account-token' || account === undefined) continue
        for (const token of held.get('token') ?? []) this.#sightings.relate('authenticates', token, this.#account(account), `${this.#namespace}/${name}`)
      }
    }
    for (const { metadata } of names.items) if (!this.#held.has(metadata.name) && !metadata.name.startsWith('sh.helm.release.')) this.#named(metadata.name, metadata.creationTimestamp)
  }

  /** A Secret whose values are not read: one credential, by its name. */
  #named(name: string, createdAt: string | null): readonly CredentialHandle[] {
    const location: Location = { kind: 'kubernetes-secret', part: 'value', namespace: this.#namespace, name, key: '', secretType: '' }
    const handle = this.#sightings.named({ machine: this.#scan.machine, named: ['kubernetes', this.#namespace, name], secretType: 'kubernetes-secret', facts: { name, namespace: this.#namespace, createdAt: instantOf(createdAt) }, location })
    this.#held.set(name, new Map([['', [handle]]]))
    return [handle]
  }

  #use(user: ObjectRef, { name, key, how }: SecretUse, source: string): void {
    const held = this.#held.get(name)
    // A Secret that is not there is used by nobody, unless it merely could not be seen.
    const handles = held === undefined ? (this.#namesComplete ? [] : this.#named(name, null)) : key === null || held.has('') ? [...held.values()].flat() : held.get(key) ?? []
    for (const handle of handles) this.#sightings.relate('uses', user, handle, `${source} ${how}`)
  }

  async pods(): Promise<void> {
    const { items, complete } = await this.#list('pods', '/api/v1', 'pods', shapes.pod)
    this.#complete &&= complete
    // Copies of a workload say the same; the first speaks for all.
    const workloads = new Map(items.toReversed().map((pod) => [workloadOf(pod), pod]))
    for (const [workload, pod] of [...workloads].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const name = `${this.#namespace}/${workload}`
      const mounts = pod.spec.automountServiceAccountToken ?? null
      const identity = this.#sightings.identity({ machine: this.#scan.machine, system: 'kubernetes', name, identityKind: 'machine', attributes: { role: 'workload', namespace: this.#namespace, serviceAccount: pod.spec.serviceAccountName, automountToken: mounts } })
      if (mounts !== false) this.#sightings.relate('can-assume', identity, this.#account(pod.spec.serviceAccountName), name)
      for (const use of secretUses(pod)) this.#use(identity, use, name)
      this.#literals(pod, workload, identity)
    }
  }

  /** Secrets written into the specification itself, where whoever may read pods reads them. */
  #literals(pod: Pod, workload: string, identity: ObjectRef): void {
    const { values, machine } = this.#scan
    for (const { name: container, env } of [...pod.spec.containers, ...pod.spec.initContainers]) {
      const named = values.byName(env.map(({ name, value = '' }) => ({ name, text: value })))
      for (const { name, value } of env) {
        if (value === undefined || value === '' || value.includes('$(')) continue
        const kind = secretKindOfName(name)
        const otherwise = kind !== null && plausibleSecret(value, kind) ? kind : null
        const location: Location = { kind: 'kubernetes-secret', part: 'value', namespace: this.#namespace, name: workload.slice(0, 253), key: `${container} env ${name}`.slice(0, 253), secretType: 'pod' }
        for (const found of values.inspect({ bytes: Buffer.from(value), path: name, otherwise, named: named.get(name) })) this.#sightings.relate('uses', identity, this.#sightings.value(machine, location, found, { name, namespace: this.#namespace }), `${this.#namespace}/${workload} env ${name}`)
      }
    }
  }

  async ingresses(): Promise<void> {
    const { items, complete } = await this.#list('ingresses', '/apis/networking.k8s.io/v1', 'ingresses', shapes.ingress, { optional: true })
    this.#consumersComplete &&= complete
    for (const { metadata, spec } of items) {
      if (spec.tls.length === 0) continue
      const name = `${this.#namespace}/Ingress/${metadata.name}`
      const identity = this.#sightings.identity({ machine: this.#scan.machine, system: 'kubernetes', name, identityKind: 'machine', attributes: { role: 'ingress', namespace: this.#namespace, class: spec.ingressClassName, hosts: spec.tls.flatMap(({ hosts }) => hosts ?? []).join(' ') } })
      for (const { secretName } of spec.tls) if (secretName !== '') this.#use(identity, { name: secretName, key: null, how: 'tls' }, name)
    }
  }

  /** Gateways prove themselves with certificates from Secrets (Gateway API, `GatewayTLSConfig.certificateRefs`); those of other namespaces are named only. */
  async gateways(): Promise<void> {
    const { items, complete } = await this.#list('gateways', '/apis/gateway.networking.k8s.io/v1', 'gateways', shapes.gateway, { optional: true })
    this.#consumersComplete &&= complete
    for (const { metadata, spec } of items) {
      const references = spec.listeners.flatMap((listener) => (listener.tls?.certificateRefs ?? []).filter(({ group, kind }) => group === '' && kind === 'Secret').map(({ name, namespace }) => ({ name, namespace: namespace ?? this.#namespace, listener: listener.name })))
      if (references.length === 0) continue
      const name = `${this.#namespace}/Gateway/${metadata.name}`
      const elsewhere = references.filter(({ namespace }) => namespace !== this.#namespace)
      const identity = this.#sightings.identity({
        machine: this.#scan.machine, system: 'kubernetes', name, identityKind: 'machine',
        attributes: { role: 'gateway', namespace: this.#namespace, class: spec.gatewayClassName, hosts: spec.listeners.flatMap(({ hostname }) => hostname ?? []).join(' '), secretsElsewhere: elsewhere.map((each) => `${each.namespace}/${each.name}`).join(' ') },
      })
      for (const { name: secret, namespace, listener } of references) if (namespace === this.#namespace) this.#use(identity, { name: secret, key: null, how: `listener ${listener}` }, name)
    }
  }

  /** What cert-manager renews, and into which Secret. */
  async certificates(): Promise<void> {
    const { items, complete } = await this.#list('cert-manager certificates', '/apis/cert-manager.io/v1', 'certificates', shapes.certificate, { optional: true })
    this.#consumersComplete &&= complete
    for (const { metadata, spec, status } of items) {
      const ready = status.conditions.find(({ type }) => type === 'Ready')
      const name = `${this.#namespace}/Certificate/${metadata.name}`
      const identity = this.#sightings.identity({
        machine: this.#scan.machine, system: 'kubernetes', name, identityKind: 'machine',
        attributes: {
          role: 'certificate', namespace: this.#namespace, secret: spec.secretName, issuer: `${spec.issuerRef.kind}/${spec.issuerRef.name}`, dnsNames: spec.dnsNames.join(' '), duration: spec.duration ?? null, renewBefore: spec.renewBefore ?? null,
          ready: ready === undefined ? null : ready.status === 'True', reason: ready?.reason ?? null, notAfter: instantOf(status.notAfter), renewalAt: instantOf(status.renewalTime),
        },
      })
      for (const handle of this.#renewed(spec.secretName)) this.#sightings.relate('renews', identity, handle, `${name} by ${spec.issuerRef.kind}/${spec.issuerRef.name} into ${spec.secretName}`)
    }
  }

  /** The certificate at the head of a Secret's chain and its key; not those it was issued by. */
  #renewed(secret: string): readonly CredentialHandle[] {
    const held = this.#held.get(secret)
    return [...held?.get('tls.crt')?.slice(0, 1) ?? [], ...held?.get('tls.key') ?? [], ...held?.get('') ?? []]
  }

  async report(): Promise<Report> {
    const { machine, rights } = this.#scan
    const settled = await this.#sightings.settle()
    return { observations: [...settled, namedCoverage(machine, ['kubernetes-secret'], this.#namespace, rights, this.#complete), namedCoverage(machine, ['consumers'], this.#namespace, rights, this.#complete && this.#consumersComplete)], problems: this.#problems.all() }
  }
}
