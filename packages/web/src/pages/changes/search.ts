import { changeEvents } from '@muster/core/api'
import { z } from 'zod'

/** How far back, in days; 0 is all there is. */
export const spans = [1, 7, 30, 0] as const
export const spanNames: Readonly<Record<(typeof spans)[number], string>> = { 1: '24 hours', 7: '7 days', 30: '30 days', 0: 'All time' }

/** What the page of changes keeps in its address. */
export const changesSearchSchema = z.object({
  days: z.coerce.number().pipe(z.union([z.literal(1), z.literal(7), z.literal(30), z.literal(0)])).default(1),
  event: z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.enum(changeEvents)).optional()),
  /** Only what this scan changed, whenever it ran. */
  scanId: z.uuid().optional(),
})
