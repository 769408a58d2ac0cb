import { z } from 'zod'
import { instantSchema } from '../credential.ts'
import { pageOf } from './common.ts'

/** viewer reads; operator also scans, labels, accepts and assigns; administrator also manages accounts, tokens of others, settings and alerts. */
export const roles = ['viewer', 'operator', 'administrator'] as const
export type Role = (typeof roles)[number]

const password = z.string().min(12).max(256)
const email = z.email().max(254)

export const accountSchema = z.object({
  id: z.uuid(),
  email,
  name: z.string().min(1).max(120),
  role: z.enum(roles),
  totpEnabled: z.boolean(),
  disabled: z.boolean(),
  createdAt: instantSchema,
  lastSignInAt: instantSchema.nullable(),
})
export type Account = z.infer<typeof accountSchema>
export const accountPageSchema = pageOf(accountSchema)
export const newAccountSchema = z.object({ email, name: z.string().min(1).max(120), role: z.enum(roles) })
/** `signInUrl`: single use, 24 hours; the new person sets a password there. Shown once. */
export const newAccountResultSchema = z.object({ account: accountSchema, signInUrl: z.string() })
export const changeAccountSchema = z.object({ name: z.string().min(1).max(120), role: z.enum(roles), disabled: z.boolean() }).partial()

/** Who is asking. `account` is null for nobody; `setupRequired` until the first administrator exists. */
export const sessionSchema = z.object({
  account: accountSchema.nullable(),
  role: z.enum(roles).nullable(),
  setupRequired: z.boolean(),
  /** Send as `X-CSRF-Token` on every request that changes something; null without a session. */
  csrfToken: z.string().nullable(),
  expiresAt: instantSchema.nullable(),
})
export type Session = z.infer<typeof sessionSchema>
export const signInSchema = z.object({ email, password: z.string().min(1).max(256), totp: z.string().regex(/^\d{6}$/).optional() })
export const redeemLinkSchema = z.object({ token: z.string().min(16).max(200), email, name: z.string().min(1).max(120), password })
export const signInLinkSchema = z.object({ purpose: z.enum(['first-administrator', 'invitation']), email: z.string().nullable(), expiresAt: instantSchema })
export const changePasswordSchema = z.object({ current: z.string().max(256), next: password })
/** `uri` is an otpauth:// URI for authenticator apps; confirm with a code before it takes effect. */
export const totpEnrolmentSchema = z.object({ uri: z.string(), secret: z.string() })
export const totpCodeSchema = z.object({ code: z.string().regex(/^\d{6}$/) })

export const apiTokenSchema = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(80),
  role: z.enum(roles),
  createdBy: z.string(),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable(),
  revokedAt: instantSchema.nullable(),
})
export type ApiToken = z.infer<typeof apiTokenSchema>
export const apiTokenPageSchema = pageOf(apiTokenSchema)
export const newApiTokenSchema = z.object({
  name: z.string().min(1).max(80),
  role: z.enum(roles),
  lifetimeDays: z.number().int().min(1).max(3650).nullable().default(90),
})
/** `token` is shown this once and stored hashed. */
export const newApiTokenResultSchema = z.object({ apiToken: apiTokenSchema, token: z.string() })

export const auditRecordSchema = z.object({
  seq: z.number().int(),
  at: instantSchema,
  /** `anonymous`: somebody who had not proved who they are. */
  actorKind: z.enum(['account', 'api-token', 'system', 'anonymous']),
  actorId: z.string(),
  /** The actor's name at that time. */
  actor: z.string(),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  outcome: z.enum(['success', 'failure']),
  detail: z.record(z.string(), z.unknown()),
  /** SHA-256 chain value of this record, lower-case hex. */
  hash: z.string(),
})
export type AuditRecord = z.infer<typeof auditRecordSchema>
export const auditPageSchema = pageOf(auditRecordSchema)
export const auditVerificationSchema = z.object({
  intact: z.boolean(),
  records: z.number().int(),
  /** First record whose hash does not follow from the one before; null when intact. */
  brokenAtSeq: z.number().int().nullable(),
  headHash: z.string().nullable(),
})
