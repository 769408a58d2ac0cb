import { z } from 'zod'
import { instantSchema } from '../credential.ts'
import { criticalities, findingObjectTypes, findingStates, ruleDescriptionSchema, severities } from '../finding.ts'
import { listOf, pageOf, pageQuerySchema } from './common.ts'

export const findingRowSchema = z.object({
  id: z.uuid(),
  ruleId: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  state: z.enum(findingStates),
  objectType: z.enum(findingObjectTypes),
  objectId: z.uuid(),
  objectName: z.string(),
  /** Of a secret; null for everything else. */
  secretType: z.string().nullable(),
  evidence: z.string(),
  places: z.array(z.string()),
  /** When it begins or began to bite. */
  due: instantSchema.nullable(),
  owner: z.string().nullable(),
  assignee: z.string().nullable(),
  openedAt: instantSchema,
  changedAt: instantSchema,
  closedAt: instantSchema.nullable(),
  acceptance: z.object({ reason: z.string(), until: instantSchema, by: z.string() }).nullable(),
})
export type FindingRow = z.infer<typeof findingRowSchema>

export const findingFilterSchema = z.object({
  q: z.string().max(200).optional(),
  /** Default: open only. */
  state: listOf(z.enum(findingStates)),
  severity: listOf(z.enum(severities)),
  rule: z.string().max(128).optional(),
  objectType: listOf(z.enum(findingObjectTypes)),
  objectId: z.uuid().optional(),
  /** About anything that is on this machine or in this source now. */
  machineId: z.uuid().optional(),
  owner: z.string().max(256).optional(),
  assignee: z.string().max(256).optional(),
  /** Assigned to whoever asks, or on something that names them as its owner. */
  mine: z.stringbool().optional(),
  criticality: listOf(z.enum(criticalities)),
})
export type FindingFilter = z.infer<typeof findingFilterSchema>
export const findingListQuerySchema = findingFilterSchema.extend(pageQuerySchema.shape).extend({
  sort: z.enum(['severity', 'due', 'openedAt']).default('severity'),
})
export type FindingListQuery = z.infer<typeof findingListQuerySchema>
/** How many findings a filter matches under each rule, and the worst of them; rules without any are left out. */
export const findingsByRuleSchema = z.object({ items: z.array(z.object({ ruleId: z.string(), title: z.string(), severity: z.enum(severities), count: z.number().int() })) })
export type FindingsByRule = z.infer<typeof findingsByRuleSchema>
export const findingPageSchema = pageOf(findingRowSchema)
export const findingDetailSchema = z.object({
  finding: findingRowSchema,
  rule: ruleDescriptionSchema,
  history: z.array(z.object({ at: instantSchema, state: z.enum(findingStates), by: z.string(), note: z.string() })),
})
export type FindingDetail = z.infer<typeof findingDetailSchema>

const selection = z.union([z.object({ ids: z.array(z.uuid()).min(1).max(10_000) }), z.object({ filter: findingFilterSchema })])
export const acceptFindingsSchema = z.object({ select: selection, reason: z.string().min(3).max(1000), until: instantSchema })
export const assignFindingsSchema = z.object({ select: selection, assignee: z.string().max(256).nullable() })
export const reopenFindingsSchema = z.object({ select: selection })

export const ruleRowSchema = ruleDescriptionSchema.extend({ openCount: z.number().int(), enabled: z.boolean() })
export type RuleRow = z.infer<typeof ruleRowSchema>
export const ruleListSchema = z.object({ items: z.array(ruleRowSchema) })
