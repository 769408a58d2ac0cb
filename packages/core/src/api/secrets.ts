import { z } from 'zod'
import { instantSchema, secretStates, sha256HexSchema } from '../credential.ts'
import { credentialFilterSchema } from './inventory.ts'

/** Digests of values a scanner elsewhere found; the answer is their keyed fingerprints in the same order. */
export const secretDigestsSchema = z.object({ digests: z.array(sha256HexSchema).min(1).max(10_000) })
export const secretFingerprintsSchema = z.object({ fingerprints: z.array(sha256HexSchema) })

/** What people say of secrets: kept by fingerprint, so it also holds where the value turns up later. `until` ends an acceptance, which has to end. */
export const assessSecretsSchema = z.object({
  select: z.union([z.object({ ids: z.array(z.uuid()).min(1).max(10_000) }), z.object({ filter: credentialFilterSchema }), z.object({ fingerprints: z.array(sha256HexSchema).min(1).max(10_000) })]),
  state: z.enum(secretStates),
  reason: z.string().max(1000).default(''),
  until: instantSchema.nullable().default(null),
})
export type AssessSecrets = z.infer<typeof assessSecretsSchema>

/** Somebody who may answer for a credential, likeliest first, with the reason for people. */
export const ownerSuggestionSchema = z.object({ owner: z.string().max(256), confidence: z.enum(['high', 'medium', 'low']), reason: z.string().max(500) })
export type OwnerSuggestion = z.infer<typeof ownerSuggestionSchema>
export const ownerSuggestionListSchema = z.object({ items: z.array(ownerSuggestionSchema).max(3) })

/** A rule of the detection engine. Example values are drawn anew, never live ones. */
export const detectionRuleSchema = z.object({
  id: z.string(),
  description: z.string(),
  /** What the value is, e.g. `aws-access-key`. */
  kind: z.string(),
  tags: z.array(z.string()),
  keywords: z.array(z.string()),
  origin: z.enum(['built-in', 'custom']),
  /** Locations in the inventory it told. */
  hits: z.number().int(),
  examples: z.object({ matches: z.array(z.string()), others: z.array(z.string()) }),
})
export type DetectionRule = z.infer<typeof detectionRuleSchema>
export const detectionRuleListSchema = z.object({ items: z.array(detectionRuleSchema) })

/** The installation's own rules in the gitleaks configuration format, used by scans beside the built-in ones. */
export const detectionConfigSchema = z.object({ toml: z.string().max(1_000_000), ruleCount: z.number().int(), changedBy: z.string().nullable(), changedAt: instantSchema.nullable() })
export type DetectionConfig = z.infer<typeof detectionConfigSchema>
export const newDetectionConfigSchema = z.object({ toml: z.string().max(1_000_000) })

/** Pasted text is looked at in memory and kept nowhere; the answer carries offsets, not values. `toml` null: the built-in and saved rules. */
export const tryDetectionSchema = z.object({ toml: z.string().max(1_000_000).nullable(), path: z.string().max(4096).default('pasted.txt'), text: z.string().max(1_000_000) })
export const detectionTrialSchema = z.object({
  /** Why the configuration does not compile, a line each; empty when it does. */
  problems: z.array(z.string()),
  findings: z.array(z.object({
    ruleId: z.string(), kind: z.string(), line: z.number().int(), column: z.number().int(),
    /** UTF-16 offsets into `text`. */
    start: z.number().int(), end: z.number().int(),
    suppressedBy: z.object({ filter: z.string(), reason: z.string() }).nullable(),
    facts: z.record(z.string(), z.string()),
  })).max(1000),
})
export type DetectionTrial = z.infer<typeof detectionTrialSchema>
