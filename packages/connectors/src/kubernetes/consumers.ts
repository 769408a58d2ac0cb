import type { Pod } from './shapes.ts'

/** A Secret an object takes: one key of it, or all of them where `key` is null. */
export type SecretUse = { readonly name: string; readonly key: string | null; readonly how: string }

/** What a pod's specification takes from Secrets of its namespace, each once. */
export function secretUses({ spec }: Pod): readonly SecretUse[] {
  const uses: SecretUse[] = []
  for (const { env, envFrom } of [...spec.containers, ...spec.initContainers, ...spec.ephemeralContainers]) {
    for (const { name, valueFrom } of env) if (valueFrom?.secretKeyRef !== undefined) uses.push({ name: valueFrom.secretKeyRef.name, key: valueFrom.secretKeyRef.key, how: `env ${name}` })
    for (const { secretRef } of envFrom) if (secretRef !== undefined) uses.push({ name: secretRef.name, key: null, how: 'envFrom' })
  }
  for (const { name: volume, secret, projected, csi } of spec.volumes) {
    const mounted = [...(secret === undefined ? [] : [{ name: secret.secretName, items: secret.items }]), ...(projected?.sources ?? []).flatMap(({ secret: source }) => (source === undefined ? [] : [source]))]
    for (const { name, items } of mounted) uses.push(...(items === undefined ? [{ name, key: null, how: `volume ${volume}` }] : items.map(({ key }) => ({ name, key, how: `volume ${volume}` }))))
    if (csi?.nodePublishSecretRef !== undefined) uses.push({ name: csi.nodePublishSecretRef.name, key: null, how: `volume ${volume}` })
  }
  for (const { name } of spec.imagePullSecrets) uses.push({ name, key: null, how: 'imagePullSecrets' })
  const seen = new Set<string>()
  return uses.filter(({ name, key }) => name !== '' && !seen.has(`${name}\0${key ?? ''}`) && seen.add(`${name}\0${key ?? ''}`))
}

/** What a pod is a copy of, as `Kind/name`: a Deployment rather than one of its ReplicaSets, a CronJob rather than one of its Jobs. */
export function workloadOf({ metadata }: Pod): string {
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true) ?? metadata.ownerReferences[0]
  if (owner === undefined) return `Pod/${metadata.name}`
  const hash = metadata.labels['pod-template-hash']
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) return `Deployment/${owner.name.slice(0, -hash.length - 1)}`
  // A CronJob names its Jobs by the minute they are due.
  if (owner.kind === 'Job' && /-\d{8,10}$/.test(owner.name)) return `CronJob/${owner.name.replace(/-\d{8,10}$/, '')}`
  return `${owner.kind}/${owner.name}`
}

/** Clouds whose identity a service account takes by an annotation of theirs. */
export const federations = [
  { annotation: 'eks.amazonaws.com/role-arn', system: 'aws' },
  { annotation: 'iam.gke.io/gcp-service-account', system: 'gcp' },
  { annotation: 'azure.workload.identity/client-id', system: 'azure' },
] as const
