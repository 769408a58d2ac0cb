import { z } from 'zod'
import { credentialKinds, instantSchema } from '../credential.ts'
import { findingObjectTypes, severities } from '../finding.ts'
import { listOf, pageOf, pageQuerySchema } from './common.ts'

/** What can happen to a credential or a finding, in the order people ask for it. */
export const changeEvents = [
  'first-seen', 'location-added', 'location-gone', 'location-returned', 'gone', 'returned', 'labels-changed', 'state-changed', 'finding-opened', 'finding-accepted', 'finding-closed',
] as const
export type ChangeEvent = (typeof changeEvents)[number]

/** Something that happened, by whom or by which scan where that is known. */
export const changeSchema = z.object({
  /** UUID v7: orders changes by when they were recorded. */
  id: z.uuid(),
  at: instantSchema,
  event: z.enum(changeEvents),
  summary: z.string(),
  objectType: z.enum(findingObjectTypes),
  objectId: z.uuid(),
  objectName: z.string(),
  /** Null where only a finding tells of the object. */
  kind: z.enum(credentialKinds).nullable(),
  secretType: z.string().nullable(),
  scanId: z.uuid().nullable(),
  /** Who decided; null for what scans and rules found. */
  by: z.string().nullable(),
  finding: z.object({ id: z.uuid(), ruleId: z.string(), title: z.string(), severity: z.enum(severities) }).nullable(),
})
export type Change = z.infer<typeof changeSchema>

/** `since` and `until` are about when a change was recorded; a `scanId` leaves out findings, which no single scan opens. */
export const changeListQuerySchema = pageQuerySchema.extend({
  since: instantSchema.optional(),
  until: instantSchema.optional(),
  event: listOf(z.enum(changeEvents)),
  scanId: z.uuid().optional(),
})
export type ChangeListQuery = z.infer<typeof changeListQuerySchema>

/** First pages say how many changes there are of each event, whatever `event` asks for; null when there are too many to count. */
export const changePageSchema = pageOf(changeSchema).extend({ totals: z.array(z.object({ event: z.enum(changeEvents), count: z.number().int() })).nullable() })
export type ChangePage = z.infer<typeof changePageSchema>
