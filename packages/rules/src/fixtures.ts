import type { Certificate, Credential, EndpointSighting, Key, Labels, Location, SecretCredential } from '@muster/core'
import { defaultPolicy } from '@muster/core/api'
import type { RuleContext } from './rule.ts'
import type { ConfigurationSubject, CredentialSubject, EndpointSubject, SubjectLocation } from './subject.ts'

const noLabels: Labels = { owner: null, criticality: null, environment: null, purpose: null }

/** The instant all rule tests stand at. */
export const now = new Date('2026-06-01T12:00:00Z')
export const context: RuleContext = { now, policy: defaultPolicy }

/** `now` moved by whole seconds, as it travels. */
export function at(seconds: number, from: Date = now): string {
  return new Date(from.getTime() + seconds * 1000).toISOString()
}

/** A blameless server certificate, changed as the test wants. */
export function certificate(change: Partial<Certificate> = {}): Certificate {
  return {
    kind: 'certificate', fingerprint: 'a'.repeat(64), spkiSha256: 'b'.repeat(64), der: 'MAA=', subject: 'CN=www.example.org', issuer: 'CN=Example CA',
    commonName: 'www.example.org', serialNumber: '4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e', notBefore: '2026-05-01T00:00:00.000Z', notAfter: '2026-10-01T00:00:00.000Z',
    subjectAltNames: [{ type: 'dns', value: 'www.example.org' }],
    key: { algorithm: 'ec', sizeBits: 256, curve: 'P-256', rsaExponent: null, rsaModulus: null },
    signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256', version: 3, isCa: false, hasBasicConstraints: true, pathLength: null,
    keyUsage: ['digitalSignature'], extendedKeyUsage: ['serverAuth'], subjectKeyId: '01', authorityKeyId: '02', selfIssued: false,
    crlDistributionPoints: [], ocspUrls: [], caIssuersUrls: [], policies: [], sctCount: 0, mustStaple: false, unknownCriticalExtensions: [], ...change,
  }
}

/** A blameless Ed25519 key, changed as the test wants. */
export function key(change: Partial<Key> = {}): Key {
  return {
    kind: 'private-key', fingerprint: 'c'.repeat(64), spkiSha256: 'c'.repeat(64), sshFingerprint: 'SHA256:x', hardwareBacked: false,
    key: { algorithm: 'ed25519', sizeBits: 256, curve: null, rsaExponent: null, rsaModulus: null }, ...change,
  }
}

/** An RSA key of `sizeBits`. */
export function rsa(sizeBits: number, rsaExponent = '65537', rsaModulus: string | null = null): Key['key'] {
  return { algorithm: 'rsa', sizeBits, curve: null, rsaExponent, rsaModulus }
}

/** A place on a machine called `web-1`. */
export function place(location: Location, change: Partial<SubjectLocation> = {}): SubjectLocation {
  return { location, machineId: 'm1', machineName: 'web-1', machineKind: 'device', machineLabels: noLabels, lastSeen: now, ...change }
}

type FileLocation = Extract<Location, { kind: 'file' }>

/** A private key file, mode 0600, owned by root, in a service directory. */
export function keyFile(change: Partial<FileLocation> = {}, mode = 0o600): FileLocation {
  return {
    kind: 'file', part: 'private-key', path: '/etc/ssl/private/web.key', entry: 0, format: 'pkcs8', comment: null,
    protection: { encrypted: false, scheme: null, kdf: null }, inWebRoot: false, inServiceDirectory: true, trustStore: false,
    file: { mode, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 100, modifiedAt: at(0) }, ...change,
  }
}

/** An endpoint location of `protocol` on port 443. */
export function served(change: Partial<Extract<Location, { kind: 'endpoint' }>> = {}): Location {
  return { kind: 'endpoint', part: 'certificate', host: 'www.example.org', port: 443, protocol: 'tls', starttls: null, sni: 'www.example.org', position: 0, ...change }
}

/** A line of root's authorized_keys. */
export function authorizedKey(change: Partial<Extract<Location, { kind: 'authorized-key' }>> = {}): Location {
  return {
    kind: 'authorized-key', part: 'public-key', path: '/root/.ssh/authorized_keys', line: 1, account: 'root', comment: 'ops', options: [], certAuthority: false,
    file: { mode: 0o600, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 100, modifiedAt: at(0) }, ...change,
  }
}

/** `credential` as a subject, owned by `platform`, seen at `locations`. */
export function credentialSubject(credential: Credential, locations: readonly SubjectLocation[] = [], change: Partial<CredentialSubject> = {}): CredentialSubject {
  return {
    type: 'credential', id: 'c1', name: 'www.example.org', credential, secretState: credential.kind === 'secret' ? 'new' : null, trustStoreOnly: false, labels: { ...noLabels, owner: 'platform' },
    firstSeen: now, lastSeen: now, locations, locationCount: locations.length, machineCount: new Set(locations.map((l) => l.machineId)).size,
    sameKey: [], weaknesses: [], ...change,
  }
}

/** A live database password. */
export function secret(change: Partial<SecretCredential> = {}): SecretCredential {
  return { kind: 'secret', fingerprint: 'd'.repeat(64), spkiSha256: null, secretType: 'database-password', facts: {}, notAfter: null, valueKnown: true, ...change }
}

const inText = { part: 'value', path: 'config/database.yml', line: 3, column: 1, ruleId: 'x', decoders: [], context: '', pathClass: 'other' } as const
type LineOf<K extends Location['kind']> = Partial<Extract<Location, { kind: K }>>

/** A line of a file of `web-1`, mode 0600. */
export function fileLine(change: LineOf<'file-line'> = {}, mode = 0o600, groupName = 'app'): SubjectLocation {
  const file = { mode, ownerUid: 1000, ownerName: 'app', groupName, sizeBytes: 100, modifiedAt: at(0) }
  return place({ kind: 'file-line', ...inText, decoders: [], path: '/etc/app/database.yml', inWebRoot: false, file, ...change })
}

/** A line in a repository's default branch. */
export function repositoryLine(change: LineOf<'repository-line'> = {}, source = 'git.example.com/shop'): SubjectLocation {
  return place({ kind: 'repository-line', ...inText, decoders: [], blob: 'b'.repeat(40), commit: null, codeOwners: [], presence: 'head', ...change }, { machineId: source, machineName: source, machineKind: 'source' })
}

/** A line of a file one sees in an image. */
export function imageLine(change: LineOf<'image-line'> = {}, source = 'registry.example.com/shop:1'): SubjectLocation {
  return place({ kind: 'image-line', ...inText, decoders: [], path: 'app/.env', layer: `sha256:${'1'.repeat(64)}`, hiddenBy: null, ...change }, { machineId: source, machineName: source, machineKind: 'source' })
}

/** A protected and masked variable of a CI system. */
export function ciVariable(change: LineOf<'ci-variable'> = {}, source = 'gitlab.example.com/shop'): SubjectLocation {
  return place({ kind: 'ci-variable', part: 'value', system: 'gitlab', scope: 'shop', name: 'DEPLOY_TOKEN', environment: null, protected: true, masked: true, ...change }, { machineId: source, machineName: source, machineKind: 'source' })
}

type Tls = NonNullable<EndpointSighting['tls']>
type Ssh = NonNullable<EndpointSighting['ssh']>

/** A modern TLS endpoint serving `chains`. */
export function tlsEndpoint(chains: readonly (readonly Certificate[])[], tls: Partial<Tls> = {}, change: Partial<EndpointSubject> = {}): EndpointSubject {
  return {
    type: 'endpoint', id: 'e1', name: 'www.example.org:443', machineId: 'm1', machineName: 'web-1', labels: noLabels, host: 'www.example.org', port: 443,
    sni: 'www.example.org', starttls: null, protocol: 'tls', ssh: null, process: null, lastSeen: now, chains,
    tls: { versions: ['TLSv1.2', 'TLSv1.3'], cipherSuites: null, groups: null, alpn: null, ocspStapled: false, clientCertificateRequested: false, chains: [], ...tls }, ...change,
  }
}

/** A modern SSH endpoint. */
export function sshEndpoint(ssh: Partial<Ssh> = {}): EndpointSubject {
  return {
    ...tlsEndpoint([]), name: 'web-1:22', port: 22, sni: null, protocol: 'ssh', tls: null,
    ssh: {
      banner: 'SSH-2.0-OpenSSH_9.9', hostKeyFingerprints: [], keyExchange: ['mlkem768x25519-sha256', 'curve25519-sha256'], hostKeyAlgorithms: ['ssh-ed25519'],
      ciphers: ['chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com'], macs: ['hmac-sha2-256-etm@openssh.com'], ...ssh,
    },
  }
}

/** A trust or workflow of a repository with `settings`. */
export function repositoryConfiguration(format: 'federated-trust' | 'workflow', settings: Record<string, string[]>): ConfigurationSubject {
  return { type: 'configuration', id: 'f2', name: 'iam.tf#aws_iam_role.ci', machineId: 's1', machineName: 'git.example.com/shop', labels: noLabels, path: 'iam.tf', format, settings: { line: ['12'], 'path-class': ['other'], ...settings } }
}

/** An sshd_config with `settings`. */
export function sshdConfig(settings: Record<string, string[]>): ConfigurationSubject {
  return { type: 'configuration', id: 'f1', name: 'web-1:/etc/ssh/sshd_config', machineId: 'm1', machineName: 'web-1', labels: noLabels, path: '/etc/ssh/sshd_config', format: 'sshd-config', settings }
}
