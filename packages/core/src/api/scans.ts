import { z } from 'zod'
import { scanProgressSchema } from '../connector.ts'
import { instantSchema } from '../credential.ts'
import { coverageSchema, machineIdentifiersSchema, scanProblemSchema } from '../observation.ts'
import { connectionKinds } from './connections.ts'
import { pageOf, pageQuerySchema } from './common.ts'

/** Those of `connectionKinds` read an API; their options name a `connection`, which says where it is. */
export const scanKinds = ['host', 'tls', 'ssh', 'secrets', ...connectionKinds] as const

/** `incomplete`: it ended before everything was looked at (cancelled, failed, or the scanner vanished); nothing unread is retired. */
export const scanStates = ['queued', 'running', 'complete', 'incomplete', 'cancelled', 'failed'] as const
export type ScanState = (typeof scanStates)[number]

export const scanRowSchema = z.object({
  id: z.uuid(),
  kind: z.enum(scanKinds),
  /** `server`: this server runs it; `import`: a CLI or agent elsewhere sends its batches. */
  origin: z.enum(['server', 'import']),
  state: z.enum(scanStates),
  title: z.string(),
  options: z.record(z.string(), z.unknown()),
  progress: scanProgressSchema.nullable(),
  requestedBy: z.string(),
  scheduleId: z.uuid().nullable(),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  counts: z.object({
    sightings: z.number().int(),
    credentialsNew: z.number().int(),
    locationsNew: z.number().int(),
    locationsGone: z.number().int(),
    problems: z.number().int(),
  }),
  /** Why it did not complete, for people. */
  message: z.string().nullable(),
})
export type ScanRow = z.infer<typeof scanRowSchema>
export const scanPageSchema = pageOf(scanRowSchema)
export const scanListQuerySchema = pageQuerySchema.extend({ state: z.enum(scanStates).optional(), kind: z.enum(scanKinds).optional() })

/** `options` is checked against the connector's own schema. */
export const newScanSchema = z.object({
  kind: z.enum(scanKinds),
  options: z.record(z.string(), z.unknown()).default({}),
  /** Passphrases to try on keystores; kept in memory for this scan only. */
  passphrases: z.array(z.string().max(1024)).max(100).default([]),
})
export const newImportSchema = z.object({
  kind: z.enum(scanKinds), title: z.string().max(200), options: z.record(z.string(), z.unknown()).default({}),
  /** What the machine that scans is known by: whose loopback addresses the sightings mean. A host scan tells it in its first batch. */
  scannedFrom: machineIdentifiersSchema.default([]),
})
export const finishImportSchema = z.object({ state: z.enum(['complete', 'incomplete', 'cancelled']), message: z.string().max(1000).nullable().default(null) })
export const scanProblemPageSchema = pageOf(scanProblemSchema)
export const scanCoverageSchema = z.object({ items: z.array(coverageSchema) })

export const scheduleSchema = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(80),
  kind: z.enum(scanKinds),
  options: z.record(z.string(), z.unknown()),
  /** Five-field cron in `timeZone`. */
  cron: z.string().max(100),
  timeZone: z.string().max(64).default('UTC'),
  enabled: z.boolean(),
  lastRunAt: instantSchema.nullable(),
  nextRunAt: instantSchema.nullable(),
})
export type Schedule = z.infer<typeof scheduleSchema>
export const scheduleListSchema = z.object({ items: z.array(scheduleSchema) })
export const newScheduleSchema = scheduleSchema.pick({ name: true, kind: true, options: true, cron: true, timeZone: true, enabled: true })
/** Only what is to change; without the default, which would count as said. */
export const changedScheduleSchema = newScheduleSchema.extend({ timeZone: newScheduleSchema.shape.timeZone.unwrap() }).partial()

export const jobRowSchema = z.object({
  id: z.uuid(),
  queue: z.string(),
  state: z.enum(['queued', 'active', 'completed', 'failed', 'cancelled']),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  retryCount: z.number().int(),
  /** What it works on, for people; never a secret. */
  title: z.string(),
  error: z.string().nullable(),
})
export type JobRow = z.infer<typeof jobRowSchema>
export const jobPageSchema = pageOf(jobRowSchema)
