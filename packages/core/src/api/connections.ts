import { z } from 'zod'
import { instantSchema } from '../credential.ts'

/** Systems that are read through their API, with a token. */
export const connectionKinds = ['github', 'gitlab', 'kubernetes'] as const
export type ConnectionKind = (typeof connectionKinds)[number]

const baseUrl = z.url().max(2048)
const settings = {
  name: z.string().min(1).max(80),
  /** Where its API is, without login, query and fragment. */
  baseUrl,
  /** Hosts, addresses and ranges that may be contacted besides the base URL's host: addresses inside must be named here. */
  egress: z.array(z.string().min(1).max(300)).max(100),
  /** PEM certificates of the authorities to trust instead of the system's. */
  caPem: z.string().max(1024 * 1024).nullable(),
}
const token = z.string().min(1).max(16_384)

/** A system that scans read; its token is kept sealed and shown to nobody. */
export const connectionSchema = z.object({
  id: z.uuid(),
  kind: z.enum(connectionKinds),
  ...settings,
  changedBy: z.string(),
  changedAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
})
export type Connection = z.infer<typeof connectionSchema>
export const connectionListSchema = z.object({ items: z.array(connectionSchema) })
export const newConnectionSchema = z.object({ kind: z.enum(connectionKinds), ...settings, egress: settings.egress.default([]), caPem: settings.caPem.default(null), token })
export type NewConnection = z.infer<typeof newConnectionSchema>
/** The token is kept unless another is given; it must be where the base URL changes. */
export const changedConnectionSchema = z.object({ ...settings, token }).partial()
export type ChangedConnection = z.infer<typeof changedConnectionSchema>
