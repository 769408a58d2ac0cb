import { type Certificate, type Credential, DAY_MS, type KeyFacts, type Labels, keyFactsOf } from '@muster/core'
import type { Policy } from '@muster/core/api'
import { type WeakKeyReason, assessKey } from '@muster/pki'
import type { CredentialSubject, EndpointSubject, SubjectLocation } from './subject.ts'

/** Seconds a certificate is valid: notAfter − notBefore + 1, both ends included (RFC 5280 §4.1.2.5). */
export function validitySeconds(certificate: Certificate): number {
  return (Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore)) / 1000 + 1
}

/** Days of validity, rounded up: a second over 200 days is 201 days, as the Baseline Requirements count. */
export function validityDays(certificate: Certificate): number {
  return Math.ceil(validitySeconds(certificate) / (DAY_MS / 1000))
}

/** Meant for servers: says so, or says nothing of its purpose while naming hosts. */
export function isServerCertificate(certificate: Certificate): boolean {
  if (certificate.isCa) return false
  const usage = certificate.extendedKeyUsage
  if (usage !== null) return usage.includes('serverAuth') || usage.includes('anyExtendedKeyUsage')
  return certificate.subjectAltNames.some((name) => name.type === 'dns' || name.type === 'ip')
}

/** Carries embedded SCTs: in practice, issued by a publicly trusted CA, so the Baseline Requirements bind it. */
export function isPubliclyLogged(certificate: Certificate): boolean {
  return certificate.sctCount > 0
}

/** The certificate of a credential, or null. */
export function certificateOf(subject: CredentialSubject): Certificate | null {
  return subject.credential.kind === 'certificate' ? subject.credential : null
}

/** Key facts of a certificate, request, key or SSH certificate; null for kinds without a key. */
export function keyOf(credential: Credential): KeyFacts | null {
  return keyFactsOf(credential)
}

/** A key in plain words: `RSA 1024`, `P-256`, `Ed25519`. */
export function keyName(key: KeyFacts): string {
  if (key.algorithm === 'ec') return key.curve ?? 'elliptic curve'
  const name = key.algorithm.startsWith('rsa') || key.algorithm.startsWith('ds') ? key.algorithm.toUpperCase() : key.algorithm
  return key.sizeBits === null || key.algorithm.startsWith('ed') || key.algorithm.startsWith('ml-') ? name : `${name} ${key.sizeBits}`
}

/** Locations where the credential is handed to peers. */
export function servedAt(subject: CredentialSubject): readonly SubjectLocation[] {
  return subject.locations.filter((at) => at.location.kind === 'endpoint')
}

/** Locations that hold private key material. */
export function privateKeysOf(subject: CredentialSubject): readonly SubjectLocation[] {
  return subject.locations.filter((at) => at.location.part === 'private-key')
}

/** Names a set of places without drowning the reader: the first three and how many more. */
export function listPlaces(places: readonly string[]): string {
  const shown = places.slice(0, 3).join(', ')
  return places.length > 3 ? `${shown} and ${places.length - 3} more` : shown
}

/** Days before expiry that count as warning and urgent for these labels. */
export function expiryThresholds(policy: Policy, labels: Labels): { warnDays: number; urgentDays: number } {
  return (labels.criticality === null ? undefined : policy.expiry[labels.criticality]) ?? policy.expiryDefault
}

/** The certificate an endpoint proves itself with, one per chain served. */
export function leavesOf(subject: EndpointSubject): readonly Certificate[] {
  return subject.chains.flatMap((chain) => (chain[0] === undefined ? [] : [chain[0]]))
}

const assessed = new WeakMap<KeyFacts, readonly WeakKeyReason[]>()

/** What the arithmetic of a credential's public key gives away; worked out once for each key at hand. */
export function weakKeyReasons(credential: Credential): readonly WeakKeyReason[] {
  const key = keyFactsOf(credential)
  if (key === null) return []
  const known = assessed.get(key)
  if (known !== undefined) return known
  const reasons = assessKey(key)
  assessed.set(key, reasons)
  return reasons
}
