import { credentialSightingSchema } from '@muster/core'
import { z } from 'zod'

const groupSchema = z.object({
  /** Whose pair it is: halves of one group belong together when there is one of each. */
  group: z.string().max(1024),
  /** The id, which is no secret, and what it tells; null as long as none was seen. */
  id: z.object({ value: z.string().max(2048), facts: z.record(z.string().max(64), z.string().max(512)) }).nullable(),
  /** The secret as the inventory knows it, and where it was seen. */
  secret: z.object({ fingerprint: z.string().max(128), sightings: z.array(credentialSightingSchema) }).nullable(),
  /** More ids or secrets than one: then nothing belongs together. */
  isAmbiguous: z.boolean(),
})
export type NotedGroup = z.infer<typeof groupSchema>

/** What is kept of halves of pairs in a scan's cursor; null where they were too many. */
export const openPairsSchema = z.array(groupSchema).nullable()
export type NotedPairs = z.infer<typeof openPairsSchema>
