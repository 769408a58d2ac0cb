import type { Clock, TenantId } from '@muster/core'
import { type Action, type Role, roles } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { authorize, type Authorized, systemActor } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import type { Sealer } from '../platform/seal.ts'

export type AccountsDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly sealer: Sealer
  /** The tenant people sign in to at this server. */
  readonly tenantId: TenantId
  /** True behind TLS: cookies are `Secure` and named `__Host-muster`. */
  readonly secureCookies: () => boolean
  /** Where people reach the server, no trailing slash: `http://127.0.0.1:8480`. */
  readonly publicUrl: () => string
}

/** The server's own right, for what happens before anybody is known: signing in, links, limits. */
export function ownRight(tenantId: TenantId, action: Action = 'account.manage'): Authorized {
  return authorize(systemActor(tenantId), action, { type: 'account' })
}

/** The lesser of two roles. */
export function lesserRole(a: Role, b: Role): Role {
  return roles.indexOf(a) <= roles.indexOf(b) ? a : b
}
