import { MINUTE_MS, MusterError } from '@muster/core'
import type { Actor } from '../platform/actor.ts'
import type { Authenticate, Authentication } from '../platform/http/pipeline.ts'
import type { StoredAccount } from './account-store.ts'
import { type AccountsDeps, lesserRole, ownRight } from './deps.ts'
import { presentSession } from './sessions.ts'
import { findLiveApiToken, touchApiToken } from './token-store.ts'
import { csrfTokenOf, hashToken, tenantOfToken } from './tokens.ts'

const TOUCH_TOKEN_EVERY_MS = 5 * MINUTE_MS

/** Knows requests by an API token in `Authorization: Bearer`, else by the session cookie. A token wins over a cookie. */
export function createAuthenticate(deps: Pick<AccountsDeps, 'db' | 'clock' | 'tenantId' | 'secureCookies'>): Authenticate {
  return async (request) => {
    const authorization = request.headers.get('authorization')
    if (authorization !== null) return bearer(deps, authorization)
    const session = await presentSession(deps.db, deps, request)
    if (session === null) return null
    return { actor: accountActor(session.account, deps.tenantId), via: 'cookie', csrfToken: csrfTokenOf(session.token) }
  }
}

/** The actor an account is. */
export function accountActor(account: Pick<StoredAccount, 'id' | 'email' | 'role'>, tenantId: Actor['tenantId']): Actor {
  return { kind: 'account', id: account.id, name: account.email, role: account.role, tenantId }
}

async function bearer(deps: Pick<AccountsDeps, 'db' | 'clock'>, authorization: string): Promise<Authentication> {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const tenantId = token === undefined || !token.startsWith('mst_') ? null : tenantOfToken(token)
  const refused = () => new MusterError('auth.failed', 'the API token is not accepted: unknown, expired or revoked')
  if (token === undefined || tenantId === null) throw refused()
  const right = ownRight(tenantId, 'token.self')
  const now = deps.clock.now()
  const found = await findLiveApiToken(deps.db, right, hashToken(token), now)
  if (found === null) throw refused()
  if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() >= TOUCH_TOKEN_EVERY_MS) await touchApiToken(deps.db, right, found.id, now)
  const role = found.accountRole === null ? found.role : lesserRole(found.role, found.accountRole)
  return { actor: { kind: 'api-token', id: found.id, name: found.name, role, tenantId }, via: 'bearer' }
}
