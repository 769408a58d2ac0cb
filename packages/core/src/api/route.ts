import { z } from 'zod'
import type { Role } from './accounts.ts'

/** What a route does to what; `authorize` decides by it, the audit log records it. */
export const actions = [
  'inventory.read', 'inventory.label', 'inventory.export', 'finding.read', 'finding.decide',
  'scan.read', 'scan.run', 'schedule.write', 'job.read', 'job.cancel', 'view.write', 'rule.write',
  'account.self', 'account.manage', 'token.self', 'audit.read', 'settings.read', 'settings.write', 'alert.read', 'alert.write',
] as const
export type Action = (typeof actions)[number]

/** The least role that may do it. */
export const actionRoles = {
  'inventory.read': 'viewer', 'inventory.label': 'operator', 'inventory.export': 'viewer',
  'finding.read': 'viewer', 'finding.decide': 'operator',
  'scan.read': 'viewer', 'scan.run': 'operator', 'schedule.write': 'operator',
  'job.read': 'viewer', 'job.cancel': 'operator', 'view.write': 'viewer', 'rule.write': 'operator',
  'account.self': 'viewer', 'account.manage': 'administrator', 'token.self': 'viewer',
  'audit.read': 'administrator', 'settings.read': 'viewer', 'settings.write': 'administrator',
  'alert.read': 'operator', 'alert.write': 'administrator',
} as const satisfies Record<Action, Role>

/** One row of the HTTP API: what the server implements, the clients call and the OpenAPI document lists. */
export type RouteSpec = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Parameters as `:name`. */
  readonly path: `/api/v1/${string}`
  readonly summary: string
  readonly tag: string
  /** Null: open to everyone, signed in or not. */
  readonly action: Action | null
  readonly params?: z.ZodObject
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** JSON body of the success answer; null for 204. `stream` routes answer with a file instead. */
  readonly response: z.ZodType | null
  readonly stream?: readonly string[]
  readonly status?: 200 | 201 | 202
}

export const idParams = z.object({ id: z.uuid() })
