import { type Connector, isMusterError, type ScanBatch, type ScanContext, type ScanProblem } from '@muster/core'
import { type ApiClient, type ApiConnectorParts, namedCoverage, openClient, readOne, type Report, type SightingParts, sourceSighting, scanIdOf, scanUnits, type Unit, ValueInspector } from '../api/index.ts'
import { type ClusterAccess, rightsOf, tokenFrom } from './access.ts'
import { Bindings } from './bindings.ts'
import { readCluster } from './cluster.ts'
import { listObjects, METADATA_ONLY } from './listing.ts'
import { type ClusterScan, readNamespace } from './namespace.ts'
import { type KubernetesOptions, kubernetesOptionsSchema } from './options.ts'
import { shapes } from './shapes.ts'

export type KubernetesConnectorParts = SightingParts & ApiConnectorParts & {
  /** Usually a service account's token; docs/connectors/kubernetes.md has the role it needs. */
  readonly access: ClusterAccess
}

/** A connector that reads a cluster’s Secrets, who uses them, and as whom. Resumable; reads only. */
export function createKubernetesConnector(parts: KubernetesConnectorParts): Connector<KubernetesOptions> {
  return { id: 'kubernetes', options: kubernetesOptionsSchema, scan: (options, context) => scanCluster(parts, options, context) }
}

async function* scanCluster(parts: KubernetesConnectorParts, options: KubernetesOptions, context: ScanContext): AsyncGenerator<ScanBatch, void, void> {
  const { clock, signal } = context
  const rights = rightsOf[parts.access.kind]
  const { client, close } = openClient(options, parts, { baseUrl: options.server, ...provenBy(parts.access, context), authorize: (token) => ({ authorization: `Bearer ${token}` }), clock, signal })
  try {
    const problems: ScanProblem[] = []
    const machine = await sourceOf(client, problems)
    const namespaces = await namespacesOf(client, options, problems)
    const bindings = await bindingsOf(client, namespaces, problems)
    const scan: ClusterScan = { ...parts, client, options, values: new ValueInspector(clock), passphrases: context.passphrases, machine, name: options.name ?? client.where, rights, bindings }
    // Namespaces that are gone take what lay in them along; that is certain only when everything else was seen.
    const whole = options.namespaces.length + options.exclude.length === 0
    const closing: Report = { observations: [sourceSighting(machine, scan.name), namedCoverage(machine, ['kubernetes-secret', 'consumers'], '', rights, true)], problems: [] }
    const units: Unit[] = [{ key: 'cluster', run: () => readCluster(scan) }, ...namespaces.map((namespace): Unit => ({ key: `namespace ${namespace}`, run: () => readNamespace(scan, namespace) }))]
    yield* scanUnits({
      opening: { observations: [], problems }, units, scanId: scanIdOf('kubernetes', options.server, options.namespaces, options.exclude, options.values, options.skipTypes),
      resumeFrom: context.resumeFrom, concurrency: options.concurrency, signal, requests: () => client.requests, ...(whole ? { closing } : {}),
    })
  } catch (error) {
    if (signal.aborted) return
    if (!isMusterError(error)) throw error
    yield { observations: [], problems: [{ code: error.code, where: client.where, message: error.message.slice(0, 1024) }], cursor: null, progress: { done: client.requests, total: null, unit: 'requests', current: '' } }
  } finally {
    close()
  }
}

function provenBy(access: ClusterAccess, { clock }: ScanContext) {
  switch (access.kind) {
    case 'token': return { token: access.token }
    case 'token-file': return { token: tokenFrom(access.path, clock, access.below) }
    case 'client-certificate': return { token: null, clientPem: access.pem }
  }
}

/** The cluster by the one thing that never changes in it, the uid of `kube-system`; by its address where that cannot be read. @throws MusterError auth.failed and others */
async function sourceOf(client: ApiClient, problems: ScanProblem[]): Promise<string> {
  // Asked first and alone: a token that is refused, or no cluster at all, ends the scan here.
  await client.get(client.url('/version'))
  const { value, problems: met } = await readOne(client, '/api/v1/namespaces/kube-system', shapes.metadata)
  if (value !== null && value.metadata.uid !== '') return `cluster:${value.metadata.uid}`
  problems.push(...met.map((problem) => ({ ...problem, message: `${problem.message}; the cluster is known by its address until the namespace kube-system can be read`.slice(0, 1024) })))
  return `cluster:${client.where}`
}

async function namespacesOf(client: ApiClient, { namespaces, exclude }: KubernetesOptions, problems: ScanProblem[]): Promise<readonly string[]> {
  const left = (names: readonly string[]): readonly string[] => [...new Set(names)].filter((name) => !exclude.includes(name)).sort()
  if (namespaces.length > 0) return left(namespaces)
  const listing = await listObjects(client, { path: '/api/v1/namespaces', item: shapes.metadata, accept: METADATA_ONLY })
  problems.push(...listing.problems)
  return left(listing.items.map(({ metadata }) => metadata.name))
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/** Every binding of the cluster, or, where they may not be listed at once, of the namespaces that are read. */
async function bindingsOf(client: ApiClient, namespaces: readonly string[], problems: ScanProblem[]): Promise<Bindings> {
  const bindings = new Bindings()
  const cluster = await listObjects(client, { path: `${RBAC}/clusterrolebindings`, item: shapes.binding, optional: true })
  const everywhere = await listObjects(client, { path: `${RBAC}/rolebindings`, item: shapes.binding, optional: true })
  problems.push(...cluster.problems)
  for (const binding of [...cluster.items, ...everywhere.items]) bindings.add(binding)
  if (everywhere.complete) return bindings
  for (const namespace of namespaces) {
    const listing = await listObjects(client, { path: `${RBAC}/namespaces/${namespace}/rolebindings`, item: shapes.binding })
    problems.push(...listing.problems)
    for (const binding of listing.items) bindings.add(binding)
  }
  return bindings
}
