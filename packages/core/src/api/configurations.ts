import { z } from 'zod'
import { instantSchema } from '../credential.ts'
import { severities } from '../finding.ts'
import { configurationFormats, machineKinds } from '../observation.ts'
import { listOf, pageOf, pageQuerySchema } from './common.ts'

/** A configuration file or a part of it: a service's settings, a trust policy, a workflow that may prove itself to others. */
export const configurationRowSchema = z.object({
  id: z.uuid(),
  machineId: z.uuid(),
  machineName: z.string(),
  machineKind: z.enum(machineKinds),
  path: z.string(),
  /** Which part of the file; empty for the whole. */
  entry: z.string(),
  format: z.enum(configurationFormats),
  settings: z.record(z.string(), z.array(z.string())),
  worstSeverity: z.enum(severities).nullable(),
  findingCount: z.number().int(),
  firstSeen: instantSchema,
  lastSeen: instantSchema,
  goneAt: instantSchema.nullable(),
})
export type ConfigurationRow = z.infer<typeof configurationRowSchema>
export const configurationListQuerySchema = pageQuerySchema.extend({
  /** Part of the path, of the part's name or of what it lets in. */
  q: z.string().max(200).optional(),
  machineId: z.uuid().optional(),
  format: listOf(z.enum(configurationFormats)),
  presence: z.enum(['present', 'gone', 'all']).default('present'),
})
export const configurationPageSchema = pageOf(configurationRowSchema)
