import { z } from 'zod'
import { credentialKinds, instantSchema, secretStates } from '../credential.ts'
import { severities } from '../finding.ts'
import { historyEntrySchema } from './inventory.ts'
import { scanRowSchema } from './scans.ts'

/** A step of CA/B Forum ballot SC-081v3: certificates issued from `from` live at most `maxDays`. */
export const validityStepSchema = z.object({ from: instantSchema, maxDays: z.number().int() })

export const overviewSchema = z.object({
  generatedAt: instantSchema,
  kinds: z.array(z.object({ kind: z.enum(credentialKinds), count: z.number().int(), newThisWeek: z.number().int() })),
  /** Present secrets by what people say of them; states without any are left out. */
  secrets: z.array(z.object({ state: z.enum(secretStates), count: z.number().int() })),
  /** Devices and workloads; sources are counted apart. */
  machines: z.number().int(),
  sources: z.number().int(),
  endpoints: z.number().int(),
  identities: z.number().int(),
  unowned: z.number().int(),
  expired: z.number().int(),
  /** Certificates that expire per month, this month and the next 23 (`month` = `YYYY-MM`). */
  expiry: z.array(z.object({ month: z.string().regex(/^\d{4}-\d{2}$/), count: z.number().int() })),
  validitySteps: z.array(validityStepSchema),
  openBySeverity: z.array(z.object({ severity: z.enum(severities), count: z.number().int() })),
  /** Open findings at the end of each of the last 30 days (fewer on a young installation). */
  trend: z.array(z.object({ day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/), counts: z.record(z.enum(severities), z.number().int()) })),
  topRules: z.array(z.object({ ruleId: z.string(), title: z.string(), severity: z.enum(severities), count: z.number().int() })),
  changes: z.array(historyEntrySchema.extend({ credentialId: z.uuid(), credentialName: z.string() })),
  runningScans: z.array(scanRowSchema),
  lastScan: scanRowSchema.nullable(),
})
export type Overview = z.infer<typeof overviewSchema>
