import { z } from 'zod'
import { credentialSchema } from './credential.ts'
import { processFactsSchema, sshProfileSchema, tlsProfileSchema } from './endpoint.ts'
import { locationSchema } from './location.ts'

/**
 * A scan-local name of a machine, introduced by its sighting and used by everything seen on it. The inventory maps it
 * to a machine it already knows by identifiers, strongest first.
 */
const machineRef = z.string().min(1).max(512)

/** Strongest first: two sightings that share an earlier kind of identifier are the same machine. */
export const machineIdentifierTypes = ['source-uid', 'source-id', 'host-id', 'ssh-host-key', 'dns-name', 'address'] as const
/** `source`: no machine but a system that holds credentials for machines: a repository, a container image, a code host, a cluster's API (ADR 0011). */
export const machineKinds = ['device', 'workload', 'source'] as const
export type MachineKind = (typeof machineKinds)[number]
export type MachineIdentifierType = (typeof machineIdentifierTypes)[number]

/** What machines are known by, strongest first. */
export const machineIdentifiersSchema = z.array(z.object({ type: z.enum(machineIdentifierTypes), value: z.string().max(512) })).max(64)

export const machineSightingSchema = z.object({
  observation: z.literal('sighting'),
  of: z.literal('machine'),
  ref: machineRef,
  machineKind: z.enum(machineKinds),
  name: z.string().max(255),
  /** `source-uid` = under what its host keeps a source however it is called there (`github:HOST/repositories/7`); `source-id` = what names a source everywhere, without credentials (`git:host/path`, `image:name`, `cluster:uid`); `host-id` = SHA-256 of the system's machine id; `ssh-host-key` = SPKI SHA-256; names lower case. */
  identifiers: machineIdentifiersSchema,
  operatingSystem: z.string().max(256).nullable().default(null),
})
export type MachineSighting = z.infer<typeof machineSightingSchema>

export const credentialSightingSchema = z.object({
  observation: z.literal('sighting'),
  of: z.literal('credential'),
  machine: machineRef,
  credential: credentialSchema,
  location: locationSchema,
})
export type CredentialSighting = z.infer<typeof credentialSightingSchema>

/** A listening socket. One sighting per host, port and SNI name tried. */
export const endpointSightingSchema = z.object({
  observation: z.literal('sighting'),
  of: z.literal('endpoint'),
  machine: machineRef,
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  sni: z.string().max(255).nullable(),
  starttls: z.string().max(16).nullable(),
  /** Protocol spoken: what the probe found, `unknown` for an open port that spoke neither. */
  protocol: z.enum(['tls', 'ssh', 'unknown']),
  tls: tlsProfileSchema.nullable(),
  ssh: sshProfileSchema.nullable(),
  process: processFactsSchema.nullable().default(null),
})
export type EndpointSighting = z.infer<typeof endpointSightingSchema>

/** An account that credentials let someone in as, or that owns them. */
export const identitySightingSchema = z.object({
  observation: z.literal('sighting'),
  of: z.literal('identity'),
  machine: machineRef,
  system: z.enum(['unix', 'aws', 'azure', 'gcp', 'github', 'gitlab', 'kubernetes']),
  /** The account's name within its system. */
  name: z.string().min(1).max(256),
  identityKind: z.enum(['human', 'machine', 'unknown']),
  attributes: z.record(z.string(), z.union([z.string().max(4096), z.number(), z.boolean(), z.null()])),
})
export type IdentitySighting = z.infer<typeof identitySightingSchema>

/**
 * `sshd-config`: keyword (lower case) to its effective values outside Match blocks, includes resolved.
 *
 * `federated-trust`: who may become whom by a token of another issuer (ADR 0013). `provider` lets in (`aws`, `gcp`, `azure`, `vault`), `issuer` is believed,
 * `target` is what one becomes, `is.CLAIM` and `like.CLAIM` are values a claim of the token must be or be like (`*`, `?`), `condition` is a condition in
 * a language of its own; `${…}` stands for what the file does not tell. `line` counts from 1, `path-class` is the file's.
 *
 * `workflow`: a pipeline that may prove itself to others: its `permission`, what starts it (`trigger`), and whether it takes the code of whoever proposes
 * a change (`checkout` is then `head`).
 */
export const configurationFormats = ['sshd-config', 'federated-trust', 'workflow'] as const
export type ConfigurationFormat = (typeof configurationFormats)[number]

/** The effective settings of a configuration file, or of one part of it, as far as rules ask about them. */
export const configurationSightingSchema = z.object({
  observation: z.literal('sighting'),
  of: z.literal('configuration'),
  machine: machineRef,
  path: z.string().max(4096),
  /** Which part of the file it is: a resource's address, a job; empty for the whole. */
  entry: z.string().max(256).default(''),
  format: z.enum(configurationFormats),
  settings: z.record(z.string().max(64), z.array(z.string().max(2048)).max(256)),
})
export type ConfigurationSighting = z.infer<typeof configurationSightingSchema>

const objectRefSchema = z.discriminatedUnion('of', [
  z.object({ of: z.literal('machine'), ref: machineRef }),
  z.object({ of: z.literal('identity'), machine: machineRef, name: z.string().max(256) }),
  z.object({ of: z.literal('credential'), fingerprint: z.string().max(64) }),
])
export type ObjectRef = z.infer<typeof objectRefSchema>

/**
 * `authenticates`: the credential lets its holder in as the identity. `trusts`: the subject accepts whatever the
 * credential signs or proves. `uses`: the subject reads the credential to prove itself. `renews`: the subject
 * replaces the credential before it ends. `can-assume`: the subject becomes
 * the identity by federated trust, without a credential of its own.
 */
export const relationSchema = z.object({
  observation: z.literal('relation'),
  type: z.enum(['authenticates', 'trusts', 'uses', 'renews', 'can-assume']),
  from: objectRefSchema,
  to: objectRefSchema,
  /** The record the edge was read from, e.g. a path. */
  source: z.string().max(4096),
})
export type Relation = z.infer<typeof relationSchema>

/** One thing a scan could not read, with what to do about it. Quotes no secret. */
export const scanProblemSchema = z.object({
  /** An {@link ErrorCode}, kept as text so that older servers accept newer scanners' reports. */
  code: z.string().max(64),
  /** Path or `host:port`. */
  where: z.string().max(4096),
  message: z.string().max(1024),
})
export type ScanProblem = z.infer<typeof scanProblemSchema>

/**
 * What was looked at. A location is retired only if a coverage statement of a later batch of a later scan covers its place
 * and the scan did not sight it there.
 *
 * - `path`: everything below `path` was read, except the places in `unread` (prefixes), for what `lookedFor` names: `keys` are
 *   certificates, keys and their stores, `secrets` are credentials written into text.
 * - `named`: every credential of the location kinds `kinds` that the source keeps was listed (CI variables, Kubernetes Secrets).
 *   With `consumers` whoever takes credentials there, or renews them, was: relations whose source begins with the scope.
 * - `holders`: whoever asked sees everything below the scope `below` (an organisation, a group), and its repositories and groups are those of `present`: what
 *   was listed in another, and in none of these now, is gone with it: deleted, moved away or renamed. `machine` is null.
 * - `endpoints`: each host × port of the lists was tried; `unanswered` (`host:port`) gave no answer that proves absence
 *   (time-outs, resets): nothing there may be retired. A refused connection is an answer.
 * - `sockets`: the machine was asked for its listening sockets, so on each address of `hosts` (as bound: `0.0.0.0`, `::`,
 *   `127.0.0.1` …) every port that was not sighted is closed, except `unanswered` (`host:port`).
 */
export const coverageSchema = z.object({
  observation: z.literal('coverage'),
  machine: machineRef.nullable(),
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('path'), path: z.string().max(4096), unread: z.array(z.string().max(4096)), lookedFor: z.array(z.enum(['keys', 'secrets'])).min(1).default(['keys']) }),
    z.object({ kind: z.literal('named'), kinds: z.array(z.enum(['ci-variable', 'kubernetes-secret', 'consumers'])).min(1), scope: z.string().max(512) }),
    z.object({ kind: z.literal('holders'), kinds: z.array(z.enum(['ci-variable'])).min(1), below: z.string().min(1).max(512), present: z.array(z.string().max(512)).max(100_000) }),
    z.object({
      kind: z.literal('endpoints'),
      protocols: z.array(z.enum(['tls', 'ssh'])),
      hosts: z.array(z.string().max(255)),
      ports: z.array(z.number().int()),
      unanswered: z.array(z.string().max(300)),
    }),
    z.object({
      kind: z.literal('sockets'),
      protocols: z.array(z.enum(['tls', 'ssh'])),
      hosts: z.array(z.string().max(255)),
      unanswered: z.array(z.string().max(300)),
    }),
  ]),
  /** `root`, `user:NAME` or `anonymous`. */
  rights: z.string().max(300),
  complete: z.boolean(),
})
export type Coverage = z.infer<typeof coverageSchema>

export const observationSchema = z.union([
  z.discriminatedUnion('of', [
    credentialSightingSchema, machineSightingSchema, endpointSightingSchema, identitySightingSchema, configurationSightingSchema,
  ]),
  relationSchema,
  coverageSchema,
])
export type Observation = z.infer<typeof observationSchema>
export type Sighting = CredentialSighting | MachineSighting | EndpointSighting | IdentitySighting | ConfigurationSighting
