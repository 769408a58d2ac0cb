import { z } from 'zod'
import { instantSchema } from './credential.ts'

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof severities)[number]

/** 0 for the worst; sorts severities. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity)
}

/**
 * `open` until a complete scan no longer shows it (`closed`, by itself) or someone accepts it with a reason and an end
 * date (`accepted`; opens again when the date passes).
 */
export const findingStates = ['open', 'accepted', 'closed'] as const
export type FindingState = (typeof findingStates)[number]

export const findingObjectTypes = ['credential', 'endpoint', 'configuration'] as const
export type FindingObjectType = (typeof findingObjectTypes)[number]

/** How much the business depends on the thing; thresholds for renewal and alerts follow it. */
export const criticalities = ['critical', 'high', 'medium', 'low'] as const
export type Criticality = (typeof criticalities)[number]

export const environments = ['production', 'staging', 'development', 'test'] as const
export type Environment = (typeof environments)[number]

/** What people set on machines and credentials, by hand or by rule; null means not set. */
export const labelsSchema = z.object({
  owner: z.string().max(256).nullable(),
  criticality: z.enum(criticalities).nullable(),
  environment: z.enum(environments).nullable(),
  purpose: z.string().max(1024).nullable(),
})
export type Labels = z.infer<typeof labelsSchema>

/** Where a rule's statement comes from. */
export const ruleSourceSchema = z.object({
  /** For example `RFC 5280 §4.1.2.5`, `CA/B SC-081v3`, `NIST SP 800-57 pt 1 r5 §5.6.2`, `OWASP NHI7:2025`. */
  citation: z.string().max(200),
  url: z.url().max(500).nullable(),
})

/** A rule as people read it. */
export const ruleDescriptionSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/),
  title: z.string().max(120),
  severity: z.enum(severities),
  object: z.enum(findingObjectTypes),
  /** What it means, for someone who has not met the problem before. */
  meaning: z.string().max(2000),
  /** What to do. */
  remedy: z.string().max(2000),
  sources: z.array(ruleSourceSchema).min(1),
})
export type RuleDescription = z.infer<typeof ruleDescriptionSchema>

/** What a rule says of one object: the evidence is shown to people and must not carry secrets. */
export const violationSchema = z.object({
  /** Set where the object at hand deserves another level than the rule's usual one. */
  severity: z.enum(severities).optional(),
  /** One sentence with the facts, e.g. `valid for 398 days, limit when issued was 200`. */
  evidence: z.string().max(2000),
  /** Places the evidence is about, when not the whole object. */
  places: z.array(z.string().max(4096)).max(50).optional(),
  /** When the problem begins to bite, e.g. notAfter. */
  due: instantSchema.optional(),
})
export type Violation = z.infer<typeof violationSchema>
