import { z } from 'zod'

/** SHA-256 in lower-case hex. */
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/)

/** An RFC 3339 UTC instant, as it travels. */
export const instantSchema = z.iso.datetime()

/**
 * The kinds of thing the inventory keeps a row for. `private-key` and `ssh-key` are one key with one SPKI fingerprint; a
 * key seen in any SSH role is an `ssh-key`. Requests and revocation lists are kept beside credentials because they are
 * found in the same places and tied by the same fingerprints (ADR 0006).
 */
export const credentialKinds = [
  'certificate', 'private-key', 'ssh-key', 'ssh-certificate', 'pgp-key', 'secret', 'certificate-request', 'crl',
] as const
export type CredentialKind = (typeof credentialKinds)[number]

export const keyAlgorithms = [
  'rsa', 'rsa-pss', 'dsa', 'dh', 'ec', 'ed25519', 'ed448', 'x25519', 'x448',
  'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'ml-kem-512', 'ml-kem-768', 'ml-kem-1024', 'slh-dsa', 'elgamal', 'unknown',
] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

/** What a public key says of itself. */
export const keyFactsSchema = z.object({
  algorithm: z.enum(keyAlgorithms),
  /** Modulus, field or parameter-set size; null where the encoding does not tell. */
  sizeBits: z.number().int().nonnegative().nullable(),
  /** The curve's common name (`P-256`, `P-384`, `P-521`, `secp256k1`, `brainpoolP256r1` …) or its OID. */
  curve: z.string().max(64).nullable().default(null),
  /** RSA public exponent, decimal. */
  rsaExponent: z.string().max(64).nullable().default(null),
  /** RSA modulus, lower-case hex without leading zeros; what batch GCD, ROCA and Fermat checks read. */
  rsaModulus: z.string().max(4096).nullable().default(null),
})
export type KeyFacts = z.infer<typeof keyFactsSchema>

export const subjectAltNameSchema = z.object({
  type: z.enum(['dns', 'ip', 'email', 'uri', 'directory', 'registered-id', 'upn', 'other']),
  value: z.string().max(1024),
})
export type SubjectAltName = z.infer<typeof subjectAltNameSchema>

const names = z.array(z.string().max(2048)).max(256)

/** An X.509 certificate. `fingerprint` is SHA-256 of the DER. */
export const certificateSchema = z.object({
  kind: z.literal('certificate'),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema,
  /** Certificate DER in base64: public, and what chains and exports are built from. */
  der: z.base64().max(100_000),
  /** RFC 4514 string of the subject; empty when the subject is. */
  subject: z.string().max(4096),
  issuer: z.string().max(4096),
  commonName: z.string().max(1024).nullable(),
  serialNumber: z.string().regex(/^-?[0-9a-f]{1,64}$/),
  notBefore: instantSchema,
  notAfter: instantSchema,
  subjectAltNames: z.array(subjectAltNameSchema).max(2000),
  key: keyFactsSchema,
  /** Name as OpenSSL prints it (`sha256WithRSAEncryption`, `ecdsa-with-SHA384`, `ED25519`) or the OID. */
  signatureAlgorithm: z.string().max(128),
  /** Hash inside the signature (`md5`, `sha1`, `sha256` …), null where the algorithm has none of its own. */
  signatureHash: z.string().max(16).nullable(),
  version: z.number().int().min(1).max(3),
  isCa: z.boolean(),
  hasBasicConstraints: z.boolean(),
  pathLength: z.number().int().nonnegative().nullable(),
  /** RFC 5280 §4.2.1.3 names (`digitalSignature` …); null when the extension is absent. */
  keyUsage: z.array(z.string().max(64)).max(16).nullable(),
  /** RFC 5280 §4.2.1.12 names (`serverAuth` …) or OIDs; null when the extension is absent. */
  extendedKeyUsage: z.array(z.string().max(128)).max(64).nullable(),
  subjectKeyId: z.string().max(128).nullable(),
  authorityKeyId: z.string().max(128).nullable(),
  /** Subject equals issuer, byte for byte. */
  selfIssued: z.boolean(),
  crlDistributionPoints: names,
  ocspUrls: names,
  caIssuersUrls: names,
  policies: names,
  /** Embedded signed certificate timestamps (RFC 6962); 0 when none. */
  sctCount: z.number().int().nonnegative(),
  mustStaple: z.boolean(),
  unknownCriticalExtensions: names,
})
export type Certificate = z.infer<typeof certificateSchema>

/**
 * A key pair. `fingerprint` is SHA-256 of the SubjectPublicKeyInfo where the public half is readable (`spkiSha256` is
 * then the same value); otherwise SHA-256 of the encrypted container, and `spkiSha256` is null.
 */
export const keySchema = z.object({
  kind: z.enum(['private-key', 'ssh-key']),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema.nullable(),
  key: keyFactsSchema,
  /** OpenSSH's `SHA256:…` of the wire-format public key; null for key types SSH has no encoding for. */
  sshFingerprint: z.string().max(64).nullable(),
  /** Hardware-backed (`sk-…`) SSH key. */
  hardwareBacked: z.boolean().default(false),
})
export type Key = z.infer<typeof keySchema>

/** An OpenSSH certificate. `fingerprint` is SHA-256 of its wire form. */
export const sshCertificateSchema = z.object({
  kind: z.literal('ssh-certificate'),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema.nullable(),
  certificateType: z.enum(['user', 'host']),
  keyId: z.string().max(1024),
  serialNumber: z.string().max(32),
  principals: z.array(z.string().max(512)).max(1024),
  notBefore: instantSchema.nullable(),
  /** Last second of validity (OpenSSH's valid_before is the one after); null for "forever". */
  notAfter: instantSchema.nullable(),
  criticalOptions: z.record(z.string(), z.string()),
  extensions: z.array(z.string().max(256)).max(64),
  key: keyFactsSchema,
  sshFingerprint: z.string().max(64).nullable(),
  caFingerprint: z.string().max(64),
  caSpkiSha256: sha256HexSchema.nullable(),
  signatureAlgorithm: z.string().max(64),
})
export type SshCertificate = z.infer<typeof sshCertificateSchema>

/** An OpenPGP primary key (metadata only). `fingerprint` is SHA-256 of the primary key packet's body. */
export const pgpKeySchema = z.object({
  kind: z.literal('pgp-key'),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema.nullable(),
  /** The OpenPGP fingerprint (v4 SHA-1, v6 SHA-256), lower-case hex. */
  pgpFingerprint: z.string().regex(/^[0-9a-f]{32,64}$/),
  pgpVersion: z.number().int(),
  userIds: z.array(z.string().max(1024)).max(64),
  createdAt: instantSchema,
  notAfter: instantSchema.nullable(),
  key: keyFactsSchema,
  subkeyCount: z.number().int().nonnegative(),
  revoked: z.boolean(),
})
export type PgpKey = z.infer<typeof pgpKeySchema>

/** A PKCS#10 request. `fingerprint` is SHA-256 of the DER. */
export const certificateRequestSchema = z.object({
  kind: z.literal('certificate-request'),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema,
  subject: z.string().max(4096),
  commonName: z.string().max(1024).nullable(),
  subjectAltNames: z.array(subjectAltNameSchema).max(2000),
  key: keyFactsSchema,
  signatureAlgorithm: z.string().max(128),
  signatureHash: z.string().max(16).nullable(),
})
export type CertificateRequest = z.infer<typeof certificateRequestSchema>

/** A certificate revocation list. `fingerprint` is SHA-256 of the DER. */
export const crlSchema = z.object({
  kind: z.literal('crl'),
  fingerprint: sha256HexSchema,
  spkiSha256: z.null().default(null),
  issuer: z.string().max(4096),
  thisUpdate: instantSchema,
  nextUpdate: instantSchema.nullable(),
  crlNumber: z.string().max(64).nullable(),
  entryCount: z.number().int().nonnegative(),
  isDelta: z.boolean(),
  authorityKeyId: z.string().max(128).nullable(),
  signatureAlgorithm: z.string().max(128),
  signatureHash: z.string().max(16).nullable(),
})
export type Crl = z.infer<typeof crlSchema>

/** A secret value, known only by its keyed fingerprint (HMAC-SHA-256 under the installation's key). */
export const secretCredentialSchema = z.object({
  kind: z.literal('secret'),
  fingerprint: sha256HexSchema,
  spkiSha256: z.null().default(null),
  /** The detection rule's credential kind, e.g. `aws-access-key`. */
  secretType: z.string().max(128),
  /** Facts the format itself discloses (account id, issuer, expiry); never the value. */
  facts: z.record(z.string().max(64), z.string().max(512)),
  notAfter: instantSchema.nullable(),
  /** False where only its name was seen (a CI variable, a reference): the fingerprint is then one of system, scope and name. */
  valueKnown: z.boolean().default(true),
})
export type SecretCredential = z.infer<typeof secretCredentialSchema>

export const credentialSchema = z.discriminatedUnion('kind', [
  certificateSchema, keySchema, sshCertificateSchema, pgpKeySchema, certificateRequestSchema, crlSchema, secretCredentialSchema,
])
export type Credential = z.infer<typeof credentialSchema>

/** Credential life-cycle states, NIST SP 800-57 part 1 rev. 5 §7. */
export const credentialStates = ['pre-active', 'active', 'suspended', 'deactivated', 'compromised', 'destroyed'] as const
export type CredentialState = (typeof credentialStates)[number]

/** What people say of a secret, kept by its fingerprint, so that it holds wherever the value turns up. */
export const secretStates = ['new', 'confirmed', 'false-positive', 'test-value', 'accepted', 'rotated', 'revoked'] as const
export type SecretState = (typeof secretStates)[number]

/** When the credential stops being valid; null when it does not say. A CRL counts by its nextUpdate. */
export function notAfterOf(credential: Credential): string | null {
  if (credential.kind === 'crl') return credential.nextUpdate
  return 'notAfter' in credential ? credential.notAfter : null
}

/** The key facts of the credential; null for kinds that carry no key. */
export function keyFactsOf(credential: Credential): KeyFacts | null {
  return 'key' in credential ? credential.key : null
}
