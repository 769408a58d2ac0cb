import { z } from 'zod'
import { instantSchema } from '../credential.ts'
import { criticalities, severities } from '../finding.ts'
import { pageOf } from './common.ts'

/** Days before expiry at which a credential of this criticality is `expiring` (high) and about to expire (critical). */
export const expiryThresholdSchema = z.object({ warnDays: z.number().int().min(1).max(3650), urgentDays: z.number().int().min(0).max(3650) })
export const policySchema = z.object({
  expiry: z.record(z.enum(criticalities), expiryThresholdSchema),
  /** For things with no criticality set. */
  expiryDefault: expiryThresholdSchema,
  /** A location not seen for this long, though still not retired, is stale. */
  staleAfterDays: z.number().int().min(1).max(3650),
  /** A secret without an expiry is long-lived when it is older than this. */
  secretMaxAgeDays: z.number().int().min(1).max(3650).default(365),
  disabledRules: z.array(z.string().max(128)).max(500),
})
export type Policy = z.infer<typeof policySchema>

export const defaultPolicy: Policy = {
  expiry: {
    critical: { warnDays: 60, urgentDays: 21 },
    high: { warnDays: 45, urgentDays: 14 },
    medium: { warnDays: 30, urgentDays: 7 },
    low: { warnDays: 14, urgentDays: 3 },
  },
  expiryDefault: { warnDays: 30, urgentDays: 7 },
  staleAfterDays: 30,
  secretMaxAgeDays: 365,
  disabledRules: [],
}

const common = { id: z.uuid(), name: z.string().min(1).max(80), enabled: z.boolean() }
/** Which findings a channel hears of. */
const routing = {
  severities: z.array(z.enum(severities)).min(1),
  owner: z.string().max(256).nullable().default(null),
  /** Only findings due within so many days; null for all. */
  dueWithinDays: z.number().int().min(0).max(3650).nullable().default(null),
  /** `digest`: one message a day at `digestHourUtc`; `immediate`: one message per evaluation run, never one per finding. */
  mode: z.enum(['immediate', 'digest']).default('digest'),
  digestHourUtc: z.number().int().min(0).max(23).default(7),
}
/** Secrets of a channel (SMTP password, webhook signing key) are write-only: reading shows whether one is set. */
export const alertChannelSchema = z.discriminatedUnion('type', [
  z.object({ ...common, ...routing, type: z.literal('smtp'), host: z.string().max(255), port: z.number().int(), tls: z.enum(['implicit', 'starttls', 'none']), username: z.string().max(256).nullable(), passwordSet: z.boolean(), from: z.string().max(320), to: z.array(z.email()).min(1).max(50) }),
  z.object({ ...common, ...routing, type: z.literal('webhook'), url: z.url().max(2000), signingKeySet: z.boolean() }),
  z.object({ ...common, ...routing, type: z.literal('slack'), urlSet: z.boolean() }),
  z.object({ ...common, ...routing, type: z.literal('syslog'), host: z.string().max(255), port: z.number().int(), transport: z.enum(['udp', 'tcp', 'tls']) }),
])
export type AlertChannel = z.infer<typeof alertChannelSchema>
export const alertChannelListSchema = z.object({ items: z.array(alertChannelSchema) })

const create = { name: common.name, enabled: common.enabled, ...routing }
export const newAlertChannelSchema = z.discriminatedUnion('type', [
  z.object({ ...create, type: z.literal('smtp'), host: z.string().max(255), port: z.number().int().min(1).max(65535), tls: z.enum(['implicit', 'starttls', 'none']), username: z.string().max(256).nullable().default(null), password: z.string().max(1024).optional(), from: z.string().max(320), to: z.array(z.email()).min(1).max(50) }),
  z.object({ ...create, type: z.literal('webhook'), url: z.url().max(2000), signingKey: z.string().min(16).max(1024).optional() }),
  z.object({ ...create, type: z.literal('slack'), url: z.url().max(2000).optional() }),
  z.object({ ...create, type: z.literal('syslog'), host: z.string().max(255), port: z.number().int().min(1).max(65535), transport: z.enum(['udp', 'tcp', 'tls']) }),
])
export type NewAlertChannel = z.infer<typeof newAlertChannelSchema>

export const deliverySchema = z.object({
  id: z.uuid(),
  channelId: z.uuid(),
  channelName: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.number().int(),
  findingCount: z.number().int(),
  createdAt: instantSchema,
  lastAttemptAt: instantSchema.nullable(),
  /** Why the last attempt failed; no secret, no full URL. */
  error: z.string().nullable(),
})
export type Delivery = z.infer<typeof deliverySchema>
export const deliveryPageSchema = pageOf(deliverySchema)

/** What the server says of itself to those who may ask. */
export const serverInfoSchema = z.object({
  version: z.string(),
  store: z.object({ kind: z.enum(['embedded', 'external']), version: z.string() }),
  listen: z.string(),
  /** Providers that scans for secrets may be told to ask (`verify`); named in the configuration. */
  verifiableProviders: z.array(z.string()),
  startedAt: instantSchema,
})
