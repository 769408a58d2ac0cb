import { createHash } from 'node:crypto'
import type { Certificate, Coverage, CredentialSighting, EndpointSighting, Key, Location, MachineSighting, SecretCredential } from '@muster/core'

/** SHA-256 of a text, for made-up fingerprints. */
export const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

const certificate: Omit<Certificate, 'fingerprint' | 'spkiSha256' | 'der'> = {
  kind: 'certificate', subject: 'CN=a.example.com', issuer: 'CN=Test CA', commonName: 'a.example.com', serialNumber: '1f',
  notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z', subjectAltNames: [{ type: 'dns', value: 'a.example.com' }],
  key: { algorithm: 'ec', sizeBits: 256, curve: 'P-256', rsaExponent: null, rsaModulus: null },
  signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256', version: 3, isCa: false, hasBasicConstraints: true, pathLength: null,
  keyUsage: ['digitalSignature'], extendedKeyUsage: ['serverAuth'], subjectKeyId: null, authorityKeyId: null, selfIssued: false,
  crlDistributionPoints: [], ocspUrls: [], caIssuersUrls: [], policies: [], sctCount: 0, mustStaple: false, unknownCriticalExtensions: [],
}

/** A made-up certificate; its fingerprint follows from `seed`. */
export function sampleCertificate(seed: string, facts: Partial<Certificate> = {}): Certificate {
  return { ...certificate, fingerprint: sha(`certificate ${seed}`), spkiSha256: sha(`key ${seed}`), der: Buffer.from(`der of ${seed}`).toString('base64'), ...facts }
}

/** A made-up key pair; the same `seed` gives the key of {@link sampleCertificate}. */
export function sampleKey(seed: string, kind: Key['kind'] = 'private-key', facts: Partial<Key> = {}): Key {
  return { kind, fingerprint: sha(`key ${seed}`), spkiSha256: sha(`key ${seed}`), key: certificate.key, sshFingerprint: kind === 'ssh-key' ? `SHA256:${sha(seed).slice(0, 43)}` : null, hardwareBacked: false, ...facts }
}

/** A made-up secret; its fingerprint follows from `seed`. */
export function sampleSecret(seed: string, change: Partial<SecretCredential> = {}): SecretCredential {
  return { kind: 'secret', fingerprint: sha(`secret ${seed}`), spkiSha256: null, secretType: 'database-password', facts: {}, notAfter: null, valueKnown: true, ...change }
}

/** A repository as a scan introduces it. */
export function sampleSource(ref: string, facts: Partial<MachineSighting> = {}): MachineSighting {
  return sampleMachine(ref, [{ type: 'source-id', value: `git:${ref}` }], { machineKind: 'source', ...facts })
}

/** A machine as a scan introduces it. */
export function sampleMachine(ref: string, identifiers: MachineSighting['identifiers'], facts: Partial<MachineSighting> = {}): MachineSighting {
  return { observation: 'sighting', of: 'machine', ref, machineKind: 'device', name: ref, identifiers, operatingSystem: null, ...facts }
}

/** A place in a file. */
export function inFile(path: string, facts: Partial<Extract<Location, { kind: 'file' }>> = {}): Location {
  const file = { mode: 0o644, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 1000, modifiedAt: '2026-01-01T00:00:00Z' }
  return { kind: 'file', part: 'certificate', path, entry: 0, format: 'pem', comment: null, protection: null, inWebRoot: false, inServiceDirectory: false, trustStore: false, file, ...facts }
}

const inText = { part: 'value', line: 3, column: 7, ruleId: 'generic-password', decoders: [], context: 'password = "********"', pathClass: 'other' } as const

/** A line of a file on a machine. */
export function inLine(path: string, facts: Partial<Extract<Location, { kind: 'file-line' }>> = {}): Location {
  const file = { mode: 0o600, ownerUid: 1000, ownerName: 'ann', groupName: 'ann', sizeBytes: 1000, modifiedAt: '2026-01-01T00:00:00Z' }
  return { kind: 'file-line', ...inText, decoders: [], path, inWebRoot: false, file, ...facts }
}

/** A line of a file in a repository's default branch. */
export function inRepository(path: string, facts: Partial<Extract<Location, { kind: 'repository-line' }>> = {}): Location {
  return { kind: 'repository-line', ...inText, decoders: [], path, blob: 'b'.repeat(40), commit: null, codeOwners: [], presence: 'head', ...facts }
}

/** A line of a file in a container image. */
export function inImage(path: string, facts: Partial<Extract<Location, { kind: 'image-line' }>> = {}): Location {
  return { kind: 'image-line', ...inText, decoders: [], path, layer: `sha256:${'1'.repeat(64)}`, hiddenBy: null, ...facts }
}

/** A variable of a CI system. */
export function inVariable(scope: string, name: string, facts: Partial<Extract<Location, { kind: 'ci-variable' }>> = {}): Location {
  return { kind: 'ci-variable', part: 'value', system: 'gitlab', scope, name, environment: null, protected: true, masked: true, ...facts }
}

/** An entry of a cluster's Secret. */
export function inCluster(namespace: string, name: string, key: string): Location {
  return { kind: 'kubernetes-secret', part: 'value', namespace, name, key, secretType: 'Opaque' }
}

/** A place at a TLS endpoint. */
export function atEndpoint(host: string, port: number, facts: Partial<Extract<Location, { kind: 'endpoint' }>> = {}): Location {
  return { kind: 'endpoint', part: 'certificate', host, port, protocol: 'tls', starttls: null, sni: null, position: 0, ...facts }
}

/** A credential at a place on a machine. */
export function sighting(machine: string, credential: CredentialSighting['credential'], location: Location): CredentialSighting {
  return { observation: 'sighting', of: 'credential', machine, credential, location }
}

/** A TLS endpoint that serves the given chain. */
export function sampleEndpoint(machine: string, host: string, port: number, chain: readonly string[], facts: Partial<EndpointSighting> = {}): EndpointSighting {
  const tls = { versions: null, cipherSuites: null, groups: null, alpn: null, ocspStapled: null, chains: [[...chain]], clientCertificateRequested: null }
  return { observation: 'sighting', of: 'endpoint', machine, host, port, sni: null, starttls: null, protocol: 'tls', tls, ssh: null, process: null, ...facts }
}

/** A statement that everything below `path` was read. */
export function coveredPath(machine: string, path: string, unread: readonly string[] = [], complete = true, lookedFor: ('keys' | 'secrets')[] = ['keys']): Coverage {
  return { observation: 'coverage', machine, scope: { kind: 'path', path, unread: [...unread], lookedFor }, rights: 'root', complete }
}

/** A statement that each host and port was tried. */
export function coveredEndpoints(hosts: readonly string[], ports: readonly number[], unanswered: readonly string[] = [], complete = true): Coverage {
  return { observation: 'coverage', machine: null, scope: { kind: 'endpoints', protocols: ['tls', 'ssh'], hosts: [...hosts], ports: [...ports], unanswered: [...unanswered] }, rights: 'anonymous', complete }
}
