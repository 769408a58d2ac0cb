import type { Location } from '@muster/core'
import { recognise } from '@muster/pki'
import { namedCoverage, type Report, Sightings, sourceSighting, UnitProblems } from '../api/index.ts'
import { listObjects } from './listing.ts'
import type { ClusterScan } from './namespace.ts'
import { shapes } from './shapes.ts'

/** Stands for a namespace where there is none; no namespace can be called so. */
const CLUSTER_SCOPE = '(cluster)'

/** Reads what belongs to no namespace: people and groups with roles, and certificates that were asked for. */
export async function readCluster(scan: ClusterScan): Promise<Report> {
  const { client, machine, name, rights, bindings } = scan
  const sightings = new Sightings(scan)
  const problems = new UnitProblems(name)
  sightings.add(sourceSighting(machine, name))
  for (const subject of bindings.people()) {
    sightings.identity({ machine, system: 'kubernetes', name: subject, identityKind: subject.startsWith('system:') ? 'machine' : 'unknown', attributes: { role: subject.startsWith('group:') ? 'group' : 'user', roles: bindings.rolesOf(subject).join(' ') } })
  }
  const listing = await listObjects(client, { path: '/apis/certificates.k8s.io/v1/certificatesigningrequests', item: shapes.request, optional: true })
  for (const { metadata, spec, status } of problems.items('certificate signing requests', listing)) {
    const place = (key: string): Location => ({ kind: 'kubernetes-secret', part: 'request', namespace: CLUSTER_SCOPE, name: metadata.name, key, secretType: spec.signerName.slice(0, 253) })
    for (const { credential, part } of itemsIn(spec.request)) sightings.value(machine, place('request'), { kind: 'credential', credential, part })
    for (const { credential, part } of itemsIn(status.certificate ?? '')) {
      const handle = sightings.value(machine, place('certificate'), { kind: 'credential', credential, part })
      // Such a certificate lets its holder in as the name in it.
      if (spec.signerName !== 'kubernetes.io/kube-apiserver-client' || credential.kind !== 'certificate' || credential.isCa || credential.commonName === null || credential.commonName === '') continue
      const identity = sightings.identity({ machine, system: 'kubernetes', name: credential.commonName, identityKind: 'unknown', attributes: { role: 'user', roles: bindings.rolesOf(credential.commonName).join(' '), requestedBy: spec.username } })
      sightings.relate('authenticates', handle, identity, `CertificateSigningRequest/${metadata.name}`)
    }
  }
  return { observations: [...await sightings.settle(), namedCoverage(machine, ['kubernetes-secret'], CLUSTER_SCOPE, rights, listing.complete)], problems: problems.all() }
}

function itemsIn(encoded: string) {
  return encoded === '' ? [] : recognise(Buffer.from(encoded, 'base64'), { passphrases: [] }).findings
}
