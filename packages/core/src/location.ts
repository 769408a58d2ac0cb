import { z } from 'zod'
import { instantSchema } from './credential.ts'

/** The file a credential was read from, as `lstat` tells it. */
export const fileFactsSchema = z.object({
  /** Permission bits only, e.g. 0o600 = 384. */
  mode: z.number().int().min(0).max(0o7777),
  ownerUid: z.number().int(),
  ownerName: z.string().max(256).nullable(),
  groupName: z.string().max(256).nullable(),
  sizeBytes: z.number().nonnegative(),
  modifiedAt: instantSchema,
})
export type FileFacts = z.infer<typeof fileFactsSchema>

/** What of the credential lies at the location. */
export const credentialParts = ['certificate', 'private-key', 'public-key', 'request', 'crl', 'value'] as const
export type CredentialPart = (typeof credentialParts)[number]

/** How private key material is protected where it lies; null `scheme` for plain text. */
export const protectionSchema = z.object({
  encrypted: z.boolean(),
  /** For example `pbes2-aes256-cbc`, `aes256-ctr`, `pbeWithSHA1And40BitRC2-CBC`. */
  scheme: z.string().max(128).nullable(),
  kdf: z.string().max(128).nullable(),
})
export type Protection = z.infer<typeof protectionSchema>

const part = z.enum(credentialParts)
const path = z.string().min(1).max(4096)

/** A credential in a plain file; `entry` is its position in a bundle, from 0. */
const fileLocationSchema = z.object({
  kind: z.literal('file'),
  part,
  path,
  entry: z.number().int().nonnegative(),
  /** `pem`, `der`, `pkcs7`, `pkcs1`, `pkcs8`, `sec1`, `openssh`, `putty`, `pgp`, `ssh-public`, `crl` … */
  format: z.string().max(32),
  comment: z.string().max(512).nullable().default(null),
  protection: protectionSchema.nullable().default(null),
  /** The place serves files to the web. */
  inWebRoot: z.boolean().default(false),
  /** The place belongs to a service that must read the key unattended (`/etc/ssl/private`, a web server's directory …). */
  inServiceDirectory: z.boolean().default(false),
  /** A system's list of public trust anchors, not a credential of this organisation. */
  trustStore: z.boolean().default(false),
  file: fileFactsSchema,
})

/** An entry of a keystore. */
const keystoreLocationSchema = z.object({
  kind: z.literal('keystore-entry'),
  part,
  path,
  storeType: z.enum(['pkcs12', 'jks', 'jceks', 'bks', 'nss', 'pkcs7']),
  alias: z.string().max(512),
  protection: protectionSchema.nullable().default(null),
  inWebRoot: z.boolean().default(false),
  inServiceDirectory: z.boolean().default(false),
  /** A system's list of public trust anchors, not a credential of this organisation. */
  trustStore: z.boolean().default(false),
  file: fileFactsSchema,
})

/** A line of an authorized_keys file: the key lets its holder in as `account`. */
const authorizedKeyLocationSchema = z.object({
  kind: z.literal('authorized-key'),
  part,
  path,
  line: z.number().int().positive(),
  account: z.string().max(256),
  comment: z.string().max(512).nullable(),
  /** Options without secret values, e.g. `from=10.0.0.0/8`, `restrict`, `command` (the command's text is kept). */
  options: z.array(z.string().max(2048)).max(64),
  certAuthority: z.boolean(),
  file: fileFactsSchema,
})

/** A line of a known_hosts file: whoever reads the file trusts the key for these hosts. */
const knownHostLocationSchema = z.object({
  kind: z.literal('known-host'),
  part,
  path,
  line: z.number().int().positive(),
  /** Host patterns; empty when the line is hashed. */
  hosts: z.array(z.string().max(512)).max(256),
  hashed: z.boolean(),
  marker: z.enum(['cert-authority', 'revoked']).nullable(),
  file: fileFactsSchema,
})

/** A listening endpoint that presented the credential. */
const endpointLocationSchema = z.object({
  kind: z.literal('endpoint'),
  part,
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  protocol: z.enum(['tls', 'ssh']),
  starttls: z.string().max(16).nullable(),
  /** Name sent as SNI; null when none was. */
  sni: z.string().max(255).nullable(),
  /** Position in the chain as served, leaf = 0; 0 for SSH host keys. */
  position: z.number().int().nonnegative(),
})

/** What a path says of how likely a credential below it is a live one. */
export const pathClasses = ['lock', 'minified', 'vendored', 'generated', 'test', 'documentation', 'other'] as const
export type PathClass = (typeof pathClasses)[number]

/** A credential written into a text, and what is around it; line and column count from 1, in bytes. */
const inText = {
  part,
  /** With `/` between its parts, and `!` before each entry of an archive on the way. */
  path,
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  /** The detection rule or format that told it. */
  ruleId: z.string().max(128),
  /** How the bytes came out of the file, outermost first (`gzip`, `base64` …); empty for plain text. */
  decoders: z.array(z.string().max(32)).max(8),
  /** The line with every credential in it blotted out; empty where the bytes are no text. */
  context: z.string().max(400),
  pathClass: z.enum(pathClasses),
}

/** A credential written into a file of a machine. */
const fileLineLocationSchema = z.object({ kind: z.literal('file-line'), ...inText, inWebRoot: z.boolean().default(false), file: fileFactsSchema })

/** A credential written into a file of a version-controlled repository; the repository is the sighting's source. */
const repositoryLineLocationSchema = z.object({
  kind: z.literal('repository-line'),
  ...inText,
  /** Object id of the file's content; null for a file of the working tree that was never committed. */
  blob: z.string().regex(/^[0-9a-f]{40,64}$/).nullable(),
  /** The commit that brought it in, as far as history tells; null for the working tree and for dangling objects. */
  commit: z.object({ id: z.string().regex(/^[0-9a-f]{40,64}$/), authorName: z.string().max(256), authorEmail: z.string().max(256), committedAt: instantSchema }).nullable(),
  /** Who answers for the path by CODEOWNERS; empty when nobody is named. */
  codeOwners: z.array(z.string().max(256)).max(32).default([]),
  /** `head`: in what is checked out or the default branch; `branch`: in another ref; `history`: removed, or reachable from no ref. */
  presence: z.enum(['head', 'branch', 'history']),
})

/** A credential written into a file of a container image; the image is the sighting's source. */
const imageLineLocationSchema = z.object({
  kind: z.literal('image-line'),
  ...inText,
  /** Digest of the layer that holds the file; null for the image's configuration. */
  layer: z.string().max(80).nullable(),
  /** Digest of the layer that removes or replaces the file in the running container, where it is still read from the image. */
  hiddenBy: z.string().max(80).nullable(),
})

/** A named secret of a CI system or code host; its value cannot be read there. */
const ciVariableLocationSchema = z.object({
  kind: z.literal('ci-variable'),
  part,
  system: z.string().max(64),
  /** Organisation, repository or environment it belongs to. */
  scope: z.string().max(512),
  name: z.string().min(1).max(256),
  environment: z.string().max(256).nullable(),
  protected: z.boolean().nullable(),
  masked: z.boolean().nullable(),
})

/** An entry of a Kubernetes Secret of a live cluster; the cluster is the sighting's source. */
const kubernetesSecretLocationSchema = z.object({
  kind: z.literal('kubernetes-secret'),
  part,
  namespace: z.string().max(253),
  name: z.string().max(253),
  key: z.string().max(253),
  secretType: z.string().max(253),
})

export const locationSchema = z.discriminatedUnion('kind', [
  fileLocationSchema, keystoreLocationSchema, authorizedKeyLocationSchema, knownHostLocationSchema, endpointLocationSchema,
  fileLineLocationSchema, repositoryLineLocationSchema, imageLineLocationSchema, ciVariableLocationSchema, kubernetesSecretLocationSchema,
])
export type Location = z.infer<typeof locationSchema>
export const locationKinds = [
  'file', 'keystore-entry', 'authorized-key', 'known-host', 'endpoint', 'file-line', 'repository-line', 'image-line', 'ci-variable', 'kubernetes-secret',
] as const
export type LocationKind = Location['kind']

/** Joins host and port, IPv6 addresses in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * The place as one line: what people read, and with machine, credential and part what makes two sightings the same
 * location. Line numbers and positions are facts of the place, not part of its name, so an edit above a line moves nothing.
 */
export function placeOf(location: Location): string {
  switch (location.kind) {
    case 'file': return location.path
    case 'keystore-entry': return `${location.path}#${location.alias}`
    case 'authorized-key': return location.path
    case 'known-host': return location.path
    case 'file-line': return location.path
    case 'repository-line': return location.path
    case 'image-line': return location.path
    case 'ci-variable': return `${location.scope} ${location.name}${location.environment === null ? '' : ` (${location.environment})`}`
    case 'kubernetes-secret': return `${location.namespace}/${location.name}#${location.key}`
    case 'endpoint': {
      const address = hostPort(location.host, location.port)
      const starttls = location.starttls === null ? '' : ` (${location.starttls})`
      return location.sni === null || location.sni === location.host ? `${address}${starttls}` : `${address}${starttls} as ${location.sni}`
    }
  }
}
