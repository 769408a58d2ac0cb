import { z } from 'zod'
import { credentialKinds, credentialSchema, credentialStates, instantSchema, keyAlgorithms, secretStates, sha256HexSchema } from '../credential.ts'
import { processFactsSchema, sshProfileSchema, tlsProfileSchema } from '../endpoint.ts'
import { criticalities, environments, labelsSchema, severities } from '../finding.ts'
import { locationKinds, locationSchema } from '../location.ts'
import { machineIdentifierTypes, machineKinds } from '../observation.ts'
import { listOf, pageOf, pageQuerySchema } from './common.ts'

/** Open findings of an object by severity. */
export const findingCountsSchema = z.record(z.enum(severities), z.number().int().nonnegative())

/** A credential as a row of the inventory: what lists, tables and exports show. */
export const credentialRowSchema = z.object({
  id: z.uuid(),
  kind: z.enum(credentialKinds),
  fingerprint: sha256HexSchema,
  spkiSha256: sha256HexSchema.nullable(),
  sshFingerprint: z.string().nullable(),
  /** What people call it: common name, first SAN, key comment, file name … */
  name: z.string(),
  issuer: z.string().nullable(),
  algorithm: z.enum(keyAlgorithms).nullable(),
  keySizeBits: z.number().int().nullable(),
  curve: z.string().nullable(),
  notBefore: instantSchema.nullable(),
  notAfter: instantSchema.nullable(),
  state: z.enum(credentialStates),
  /** What people say of a secret; null for other kinds. */
  secretState: z.enum(secretStates).nullable(),
  /** The detection engine's name for what the secret is, e.g. `aws-access-key`; null for other kinds. */
  secretType: z.string().nullable(),
  /** A public trust anchor or intermediate that ships with the system, not a credential of this organisation. */
  trustStoreOnly: z.boolean(),
  labels: labelsSchema,
  locationCount: z.number().int(),
  machineCount: z.number().int(),
  /** One of the places it is at, with the machine or source; null once it is gone from everywhere. */
  place: z.object({ machine: z.string(), place: z.string() }).nullable(),
  /** Worst open finding, null when none is open. */
  worstSeverity: z.enum(severities).nullable(),
  findingCount: z.number().int(),
  firstSeen: instantSchema,
  lastSeen: instantSchema,
  /** When the last location was retired; null while it is somewhere. */
  goneAt: instantSchema.nullable(),
})
export type CredentialRow = z.infer<typeof credentialRowSchema>

export const credentialSortKeys = ['name', 'notAfter', 'lastSeen', 'firstSeen', 'severity'] as const

/** The typed filter that URL, saved views, exports and bulk changes share. */
export const credentialFilterSchema = z.object({
  q: z.string().max(200).optional(),
  kind: listOf(z.enum(credentialKinds)),
  algorithm: listOf(z.enum(keyAlgorithms)),
  maxKeySizeBits: z.coerce.number().int().min(0).max(1_000_000).optional(),
  owner: z.string().max(256).optional(),
  /** Only credentials without an owner. */
  unowned: z.stringbool().optional(),
  criticality: listOf(z.enum(criticalities)),
  environment: listOf(z.enum(environments)),
  /** Worst open finding is one of these. */
  severity: listOf(z.enum(severities)),
  rule: z.string().max(128).optional(),
  /** Secrets in one of these states. */
  secretState: listOf(z.enum(secretStates)),
  /** Secrets of one of these types. */
  secretType: listOf(z.string().min(1).max(128)),
  /** Told at one of its places by this detection rule or format. */
  detectionRule: z.string().max(128).optional(),
  machineId: z.uuid().optional(),
  issuer: z.string().max(512).optional(),
  locationKind: listOf(z.enum(locationKinds)),
  /** Expires at or after / before these instants. */
  expiresFrom: instantSchema.optional(),
  expiresBefore: instantSchema.optional(),
  /** `present` (default): has a location; `gone`: all retired; `all`. */
  presence: z.enum(['present', 'gone', 'all']).default('present'),
  /** Include roots that are only in system trust stores. */
  trustStore: z.stringbool().default(false),
})
export type CredentialFilter = z.infer<typeof credentialFilterSchema>

export const credentialListQuerySchema = credentialFilterSchema.extend(pageQuerySchema.shape).extend({
  sort: z.enum(credentialSortKeys).default('notAfter'),
  order: z.enum(['asc', 'desc']).default('asc'),
})
export type CredentialListQuery = z.infer<typeof credentialListQuerySchema>
export const credentialPageSchema = pageOf(credentialRowSchema)

export const locationRowSchema = z.object({
  id: z.uuid(),
  credentialId: z.uuid(),
  machineId: z.uuid(),
  machineName: z.string(),
  place: z.string(),
  location: locationSchema,
  firstSeen: instantSchema,
  lastSeen: instantSchema,
  goneAt: instantSchema.nullable(),
})
export type LocationRow = z.infer<typeof locationRowSchema>
export const locationPageSchema = pageOf(locationRowSchema)

/** Another credential tied to this one, and why. */
export const relatedCredentialSchema = z.object({
  tie: z.enum(['same-key', 'issued-by', 'issues', 'signed-by-ssh-ca']),
  credential: credentialRowSchema,
})

export const historyEntrySchema = z.object({
  at: instantSchema,
  event: z.enum(['first-seen', 'location-added', 'location-gone', 'location-returned', 'gone', 'returned', 'labels-changed', 'finding-opened', 'finding-accepted', 'finding-reopened', 'finding-closed', 'state-changed']),
  summary: z.string(),
  scanId: z.uuid().nullable(),
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>
export const historyPageSchema = pageOf(historyEntrySchema)

/** A machine, source or account that reads a credential to prove itself, so that it breaks when the credential changes, or that renews it. */
export const credentialConsumerSchema = z.object({
  does: z.enum(['uses', 'renews']),
  of: z.enum(['machine', 'identity']),
  name: z.string(),
  /** The machine or source itself, or the one an account belongs to. */
  machineId: z.uuid(),
  machineName: z.string(),
  /** The record that says so, e.g. the path of a pipeline. */
  source: z.string(),
  lastSeen: instantSchema,
})
export type CredentialConsumer = z.infer<typeof credentialConsumerSchema>

/** An account a credential lets its holder in as: what opens for whoever has it. */
export const credentialAccountSchema = z.object({
  name: z.string(),
  /** What the account belongs to, as its sighting names it, e.g. `unix`; null where only a list of keys tells of the account. */
  system: z.string().nullable(),
  machineId: z.uuid(),
  machineName: z.string(),
  /** The record that says so, e.g. an `authorized_keys`. */
  source: z.string(),
})
export type CredentialAccount = z.infer<typeof credentialAccountSchema>

/** What was last said of a secret, and by whom. */
export const secretAssessmentSchema = z.object({ state: z.enum(secretStates), reason: z.string(), by: z.string(), at: instantSchema, until: instantSchema.nullable() })
export type SecretAssessment = z.infer<typeof secretAssessmentSchema>

/** Everything the detail page shows at once; long lists page on their own routes. */
export const credentialDetailSchema = z.object({
  row: credentialRowSchema,
  credential: credentialSchema,
  /** Null for a secret nobody has said anything of, and for other kinds. */
  assessment: secretAssessmentSchema.nullable(),
  /** Certificates from this one to the furthest issuer known, leaf first; empty for other kinds. */
  chain: z.array(credentialRowSchema),
  related: z.array(relatedCredentialSchema),
  /** Accounts it lets in as; at most 200. */
  accounts: z.array(credentialAccountSchema),
  /** At most 200. */
  consumers: z.array(credentialConsumerSchema),
})
export type CredentialDetail = z.infer<typeof credentialDetailSchema>

export const setLabelsSchema = labelsSchema.partial()
export const bulkLabelsSchema = z.object({
  select: z.union([z.object({ ids: z.array(z.uuid()).min(1).max(10_000) }), z.object({ filter: credentialFilterSchema })]),
  set: setLabelsSchema,
})
export const bulkResultSchema = z.object({ changed: z.number().int() })

export const machineRowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  machineKind: z.enum(machineKinds),
  operatingSystem: z.string().nullable(),
  identifiers: z.array(z.object({ type: z.enum(machineIdentifierTypes), value: z.string() })),
  labels: labelsSchema,
  credentialCount: z.number().int(),
  endpointCount: z.number().int(),
  worstSeverity: z.enum(severities).nullable(),
  findingCount: z.number().int(),
  firstSeen: instantSchema,
  lastSeen: instantSchema,
})
export type MachineRow = z.infer<typeof machineRowSchema>
export const machineListQuerySchema = pageQuerySchema.extend({
  q: z.string().max(200).optional(),
  /** Default: devices and workloads. Sources are listed when they are asked for. */
  kind: listOf(z.enum(machineKinds)),
  owner: z.string().max(256).optional(),
  criticality: listOf(z.enum(criticalities)),
  environment: listOf(z.enum(environments)),
})
export const machinePageSchema = pageOf(machineRowSchema)

export const endpointRowSchema = z.object({
  id: z.uuid(),
  machineId: z.uuid(),
  machineName: z.string(),
  host: z.string(),
  port: z.number().int(),
  sni: z.string().nullable(),
  starttls: z.string().nullable(),
  protocol: z.enum(['tls', 'ssh', 'unknown']),
  tls: tlsProfileSchema.nullable(),
  ssh: sshProfileSchema.nullable(),
  process: processFactsSchema.nullable(),
  worstSeverity: z.enum(severities).nullable(),
  firstSeen: instantSchema,
  lastSeen: instantSchema,
  goneAt: instantSchema.nullable(),
})
export type EndpointRow = z.infer<typeof endpointRowSchema>
export const endpointListQuerySchema = pageQuerySchema.extend({
  q: z.string().max(200).optional(),
  machineId: z.uuid().optional(),
  protocol: listOf(z.enum(['tls', 'ssh', 'unknown'])),
  presence: z.enum(['present', 'gone', 'all']).default('present'),
})
export const endpointPageSchema = pageOf(endpointRowSchema)

export const identityRowSchema = z.object({
  id: z.uuid(),
  machineId: z.uuid(),
  machineName: z.string(),
  system: z.string(),
  name: z.string(),
  identityKind: z.enum(['human', 'machine', 'unknown']),
  attributes: z.record(z.string(), z.unknown()),
  /** Credentials that let someone in as this identity. */
  credentialCount: z.number().int(),
  firstSeen: instantSchema,
  lastSeen: instantSchema,
})
export type IdentityRow = z.infer<typeof identityRowSchema>
export const identityListQuerySchema = pageQuerySchema.extend({ q: z.string().max(200).optional(), machineId: z.uuid().optional() })
export const identityPageSchema = pageOf(identityRowSchema)

/** Named filters of a list page, shared by everyone in the tenant or kept to their author. */
export const savedViewSchema = z.object({
  id: z.uuid(),
  page: z.enum(['inventory', 'findings']),
  name: z.string().min(1).max(80),
  /** The URL's query string, without `?`. */
  query: z.string().max(2000),
  shared: z.boolean(),
  createdBy: z.string(),
})
export type SavedView = z.infer<typeof savedViewSchema>
export const savedViewListSchema = z.object({ items: z.array(savedViewSchema) })
export const newSavedViewSchema = savedViewSchema.pick({ page: true, name: true, query: true, shared: true })

/** Sets labels on whatever matches, now and at every later sighting; the first matching rule that sets a label wins. */
export const labelRuleSchema = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(80),
  position: z.number().int().min(-1_000_000).max(1_000_000),
  enabled: z.boolean(),
  match: z.object({
    /** Glob on the credential's or machine's name. */
    name: z.string().max(256).optional(),
    /** Glob on a location's path. */
    path: z.string().max(1024).optional(),
    /** CIDR an address of the machine lies in. */
    network: z.string().max(64).optional(),
    kind: z.array(z.enum(credentialKinds)).max(credentialKinds.length).optional(),
  }),
  set: setLabelsSchema,
})
export type LabelRule = z.infer<typeof labelRuleSchema>
export const labelRuleListSchema = z.object({ items: z.array(labelRuleSchema) })
export const newLabelRuleSchema = labelRuleSchema.omit({ id: true })
