import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { createTestCertificate, testCa } from '@muster/testkit'
import { drawnToken } from '../api/drawn.testing.ts'
import type { FakeClusterData, FakeObject } from './fake.testing.ts'

const b64 = (text: string): string => Buffer.from(text).toString('base64')
const object = (namespace: string, name: string, rest: object = {}, metadata: object = {}): FakeObject => ({ metadata: { name, namespace, uid: randomUUID(), creationTimestamp: '2024-03-01T10:00:00Z', ...metadata }, ...rest })
const owned = (kind: string, name: string, labels: object = {}) => ({ labels, ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: randomUUID(), controller: true }] })

/** A cluster with two namespaces, as the API reference describes its objects, with values made for one run. */
export function clusterFixture() {
  const ca = testCa({ name: 'Cluster' })
  const tls = createTestCertificate({ issuer: ca.intermediate, subject: 'CN=shop.example', sans: ['dns:shop.example'] })
  const client = createTestCertificate({ issuer: ca.intermediate, subject: [{ type: 'O', value: 'system:masters' }, { type: 'CN', value: 'alice' }], extendedKeyUsage: ['clientAuth'] })
  const ssh = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString()
  const password = drawnToken('«[A-Za-z0-9]{20}»')
  const registry = drawnToken('«[A-Za-z0-9]{18}»')
  const literal = drawnToken('«[A-Za-z0-9]{16}»')
  const helm = randomBytes(30).toString('base64')
  const jwtPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const account = `${jwtPart({ alg: 'RS256', kid: 'k' })}.${jwtPart({ iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:shop:deployer', 'kubernetes.io/serviceaccount/namespace': 'shop' })}.${randomBytes(32).toString('base64url')}`
  const bootstrap = { id: drawnToken('«[a-z0-9]{6}»'), secret: drawnToken('«[a-z0-9]{16}»') }
  const pod = (name: string, spec: object, metadata: object = {}) => object('shop', name, { spec: { serviceAccountName: 'web', containers: [{ name: 'main' }], ...spec } }, metadata)
  const data: FakeClusterData = {
    '/api/v1': {
      namespaces: ['default', 'kube-system', 'shop'].map((name) => ({ metadata: { name, uid: name === 'kube-system' ? 'f1f5c1d4-0000-4000-8000-000000000001' : randomUUID() } })),
      secrets: [
        object('shop', 'shop-tls', { type: 'kubernetes.io/tls', data: { 'tls.crt': b64(tls.pem + ca.intermediate.pem), 'tls.key': b64(tls.privateKeyPem) } }, { annotations: { 'cert-manager.io/certificate-name': 'shop' }, managedFields: [{ manager: 'cert-manager', time: '2026-09-01T00:00:00Z' }] }),
        object('shop', 'db', { type: 'Opaque', data: { username: b64('app'), password: b64(`${password}\n`), port: b64('5432'), 'config.yaml': b64('debug: true\nlevel: info\n') } }),
        object('shop', 'pull', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': b64(JSON.stringify({ auths: { 'registry.example': { auth: b64(`robot:${registry}`) } } })) } }),
        object('shop', 'deployer-token', { type: 'kubernetes.io/service-account-token', data: { 'ca.crt': b64(ca.root.pem), namespace: b64('shop'), token: b64(account) } }, { annotations: { 'kubernetes.io/service-account.name': 'deployer' }, labels: { 'kubernetes.io/legacy-token-last-used': '2026-08-01' } }),
        object('shop', 'git', { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': b64(ssh) } }),
        object('shop', 'sh.helm.release.v1.shop.v1', { type: 'helm.sh/release.v1', data: { release: b64(helm) } }),
        object('kube-system', `bootstrap-token-${bootstrap.id}`, { type: 'bootstrap.kubernetes.io/token', data: { 'token-id': b64(bootstrap.id), 'token-secret': b64(bootstrap.secret), expiration: b64('2027-03-10T03:22:11Z'), 'usage-bootstrap-authentication': b64('true') } }),
        ...Array.from({ length: 5 }, (_, index) => object('default', `bulk-${index}`, { type: 'Opaque', data: { token: b64(drawnToken('«[A-Za-z0-9]{24}»')) } })),
      ],
      serviceaccounts: [
        object('shop', 'default', {}), object('shop', 'web', { automountServiceAccountToken: false }, { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/shop' } }), object('shop', 'deployer', {}), object('default', 'default', {}), object('kube-system', 'default', {}),
      ],
      pods: [
        ...['a', 'b'].map((suffix) => pod(`web-5d4f8c7b6-${suffix}`, {
          containers: [{ name: 'main', env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }, { name: 'SMTP_PASSWORD', value: literal }, { name: 'MODE', value: 'production' }], envFrom: [{ configMapRef: { name: 'web' } }] }],
          volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }, { name: 'gone', secret: { secretName: 'missing', optional: true } }, { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }], imagePullSecrets: [{ name: 'pull' }],
        }, owned('ReplicaSet', 'web-5d4f8c7b6', { 'pod-template-hash': '5d4f8c7b6' }))),
        pod('backup-28391040-x', { serviceAccountName: 'deployer', containers: [{ name: 'main', envFrom: [{ secretRef: { name: 'git' } }] }] }, owned('Job', 'backup-28391040')),
        pod('loose', { serviceAccountName: 'web', automountServiceAccountToken: false }),
      ],
    },
    '/apis/networking.k8s.io/v1': { ingresses: [object('shop', 'shop', { spec: { ingressClassName: 'nginx', tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }], rules: [] } })] },
    '/apis/gateway.networking.k8s.io/v1': {
      gateways: [object('shop', 'edge', { spec: { gatewayClassName: 'envoy', listeners: [
        { name: 'https', hostname: 'shop.example', port: 443, protocol: 'HTTPS', tls: { mode: 'Terminate', certificateRefs: [{ name: 'shop-tls' }, { name: 'shared', namespace: 'default' }, { group: 'example.net', kind: 'Vault', name: 'x' }] } }, { name: 'http', port: 80, protocol: 'HTTP' },
      ] } })],
    },
    '/apis/cert-manager.io/v1': { certificates: [object('shop', 'shop', { spec: { secretName: 'shop-tls', dnsNames: ['shop.example'], renewBefore: '360h', issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' } }, status: { notAfter: '2026-12-01T00:00:00Z', renewalTime: '2026-11-01T00:00:00Z', conditions: [{ type: 'Ready', status: 'False', reason: 'Expired' }] } })] },
    '/apis/certificates.k8s.io/v1': {
      certificatesigningrequests: [{ metadata: { name: 'alice', creationTimestamp: '2026-01-01T00:00:00Z' }, spec: { request: b64('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n'), signerName: 'kubernetes.io/kube-apiserver-client', username: 'bob', usages: ['client auth'] }, status: { certificate: b64(client.pem), conditions: [{ type: 'Approved', status: 'True' }] } }],
    },
    '/apis/rbac.authorization.k8s.io/v1': {
      clusterrolebindings: [
        { metadata: { name: 'admins' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'alice' }, { kind: 'Group', name: 'platform' }, { kind: 'ServiceAccount', name: 'deployer', namespace: 'shop' }] },
        { metadata: { name: 'none' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
      ],
      rolebindings: [object('shop', 'read', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }, { kind: 'User', name: 'alice' }] })],
    },
  }
  const values = [password, registry, literal, helm, account, bootstrap.secret, ssh.split('\n')[1]!, tls.privateKeyPem.split('\n')[1]!]
  return { data, tls, ca, client, ssh, password, registry, literal, account, bootstrap, values, token: randomBytes(20).toString('hex') }
}
