import { MusterError, type TenantId } from '@muster/core'
import { type Action, type Role, actionRoles, roles } from '@muster/core/api'

/** Who does something: a signed-in account, an API token, or the server itself (jobs, schedules, start). */
export type Actor = {
  readonly kind: 'account' | 'api-token' | 'system'
  readonly id: string
  /** As the audit log and people see it: an e-mail address, a token's name, or `muster`. */
  readonly name: string
  readonly role: Role
  readonly tenantId: TenantId
}

/** The server acting on its own in `tenantId`. */
export function systemActor(tenantId: TenantId): Actor {
  return { kind: 'system', id: 'system', name: 'muster', role: 'administrator', tenantId }
}

declare const authorized: unique symbol

/**
 * Proof that {@link authorize} said yes. Stores take it instead of an actor, so no row is read or written that nobody
 * was allowed to; its tenant is the only one the store may touch.
 */
export type Authorized = {
  readonly actor: Actor
  readonly action: Action
  readonly tenantId: TenantId
  readonly [authorized]: true
}

/** The object an action is about, where it is a single one that belongs to somebody. */
export type AuthorizedObject = { readonly type: string; readonly id?: string; readonly ownerId?: string }

/**
 * The one decision about access; every route and every store goes through it.
 *
 * @throws MusterError access.denied when the actor's role may not do `action`, or the object is somebody else's own.
 */
export function authorize(actor: Actor, action: Action, object: AuthorizedObject): Authorized {
  const needed = actionRoles[action]
  const allowed = roles.indexOf(actor.role) >= roles.indexOf(needed)
  const foreign = object.ownerId !== undefined && object.ownerId !== actor.id && actor.role !== 'administrator'
  if (!allowed || foreign) {
    throw new MusterError('access.denied', `${actor.name} may not do this: it needs the role ${needed}`, { action, needed })
  }
  return { actor, action, tenantId: actor.tenantId } as Authorized
}
