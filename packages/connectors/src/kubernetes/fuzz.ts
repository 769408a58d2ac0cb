import { Secret, type SecretFingerprints, systemClock } from '@muster/core'
import { nextLink, Sightings, ValueInspector } from '../api/index.ts'
import { Bindings } from './bindings.ts'
import { secretUses, workloadOf } from './consumers.ts'
import { readKubeconfig } from './kubeconfig.ts'
import { readSecretData } from './secret-data.ts'
import { shapes } from './shapes.ts'

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const none: SecretFingerprints = (digests) => Promise.resolve(digests.map(() => '0'.repeat(64)))
const metadata = { name: 'a', namespace: 'n', annotations: { 'kubernetes.io/service-account.name': 's' }, managedFields: [{ time: '2026-01-01T00:00:00Z' }] }

/** The object the bytes are, if they are one of this shape. */
function read<T>(bytes: Uint8Array, shape: { safeParse: (value: unknown) => { data?: T } }): T | undefined {
  try {
    return shape.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** Readers of what the APIs of clusters and code hosts answer. */
export const apiFuzzTargets: readonly { readonly name: string; readonly seeds: () => readonly Buffer[]; readonly run: (bytes: Uint8Array) => void | Promise<void> }[] = [
  {
    name: 'kubernetes-secret',
    seeds: () => ['Opaque', 'kubernetes.io/basic-auth', 'bootstrap.kubernetes.io/token', 'kubernetes.io/dockerconfigjson'].map((type) => json({ metadata, type, data: { password: 'aHVudGVyMg==', 'token-id': 'YWJjZGVm', 'token-secret': 'MDEyMzQ1', '.dockerconfigjson': 'eyJhdXRocyI6eyJhIjp7ImF1dGgiOiJZVHBpIn19fQ==' } })),
    run: (bytes) => {
      const secret = read(bytes, shapes.secret)
      if (secret !== undefined) readSecretData(secret, { sightings: new Sightings({ fingerprints: none }), values: new ValueInspector(systemClock), machine: 'm', passphrases: [Secret.fromText('p')] })
    },
  },
  {
    name: 'kubernetes-pod',
    seeds: () => [json({ metadata: { ...metadata, ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1a', controller: true }], labels: { 'pod-template-hash': '1a' } }, spec: { containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }], envFrom: [{ secretRef: { name: 's' } }] }], volumes: [{ name: 'v', secret: { secretName: 's', items: [{ key: 'k' }] } }] } })],
    run: (bytes) => {
      const pod = read(bytes, shapes.pod)
      if (pod !== undefined) [secretUses(pod), workloadOf(pod)].toString()
    },
  },
  {
    name: 'kubernetes-binding', seeds: () => [json({ metadata, roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 'a' }, { kind: 'User', name: 'u' }] })],
    run: (bytes) => {
      const binding = read(bytes, shapes.binding)
      if (binding !== undefined) new Bindings().add(binding)
    },
  },
  {
    name: 'kubeconfig',
    seeds: () => ['{client-certificate-data: QUJD, client-key-data: REVG}', '{tokenFile: /t}', '{exec: {command: aws}}'].map((user) => Buffer.from(`kind: Config\ncurrent-context: a\nclusters:\n- name: c\n  cluster: {server: 'https://k.test', certificate-authority: ca.crt}\nusers:\n- name: u\n  user: ${user}\ncontexts:\n- name: a\n  context: {cluster: c, user: u}\n`)),
    run: async (bytes) => { await readKubeconfig(Buffer.from(bytes).toString('utf8'), { context: null, readFile: () => Promise.resolve(Buffer.from('x')), tokenFile: (path) => ({ kind: 'token-file', path }) }) },
  },
  { name: 'link-header', seeds: () => [Buffer.from('<https://a.example/x?page=2>; rel="next", <https://a.example/x?page=9>; rel="last"')], run: (bytes) => { nextLink(Buffer.from(bytes).toString('latin1'), new URL('https://a.example/x')) } },
]
