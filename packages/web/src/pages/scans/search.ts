import { scanListQuerySchema } from '@muster/core/api'
import { z } from 'zod'
import { parseSearch, type SearchOf } from '../../format/search.ts'

const scansSearchSchema = z.object({
  tab: z.enum(['schedules']).optional(),
  /** The dialog for a new scan is open. */
  new: z.stringbool().optional(),
  /** The code host or cluster it is to read, of `kind`. */
  connection: z.uuid().optional(),
  kind: scanListQuerySchema.shape.kind,
  state: scanListQuerySchema.shape.state,
})

/** What the page of scans keeps in its address. */
export function scansSearch(raw: Record<string, unknown>): SearchOf<typeof scansSearchSchema> {
  return parseSearch(scansSearchSchema, raw)
}
