import { DAY_MS, HOUR_MS, MINUTE_MS } from '@muster/core'
import type { Session } from '@muster/core/api'
import type { Queryable, Tx } from '../platform/db/db.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import { hasAdministrator, type StoredAccount, toAccount } from './account-store.ts'
import { readSessionCookie, sessionCookie } from './cookies.ts'
import { type AccountsDeps, ownRight } from './deps.ts'
import { deleteSession, findSession, insertSession, type LiveSession, touchSession } from './session-store.ts'
import { csrfTokenOf, hashToken, newToken, tenantOfToken } from './tokens.ts'

export const SESSION_IDLE_MS = 12 * HOUR_MS
export const SESSION_MAX_MS = 7 * DAY_MS
const TOUCH_EVERY_MS = MINUTE_MS

type SessionDeps = Pick<AccountsDeps, 'clock' | 'tenantId' | 'secureCookies'>

/** A session that has just begun: its cookie goes out only after the transaction has committed. */
export type BegunSession = { readonly session: Session; readonly setCookie: string }

/**
 * Begins a session for the account with a fresh token and ends the one the request came with, so that no token known
 * before the sign-in is worth anything after it.
 */
export async function beginSession(tx: Tx, deps: SessionDeps, account: StoredAccount, request: Request): Promise<BegunSession> {
  const right = ownRight(deps.tenantId, 'account.self')
  const secure = deps.secureCookies()
  const earlier = readSessionCookie(request, secure)
  if (earlier !== null) await deleteSession(tx, right, hashToken(earlier))
  const token = newToken(deps.tenantId)
  const now = deps.clock.now()
  const expiresAt = new Date(now.getTime() + SESSION_MAX_MS)
  await insertSession(tx, right, { tokenHash: hashToken(token), accountId: account.id, createdAt: now, expiresAt })
  return {
    session: { account: toAccount(account), role: account.role, setupRequired: false, csrfToken: csrfTokenOf(token), expiresAt: expiresAt.toISOString() },
    setCookie: sessionCookie(token, SESSION_MAX_MS / 1000, secure),
  }
}

/** A session as a request brought it. */
export type PresentSession = LiveSession & { readonly token: string }

/** The live session of the request's cookie; null for none or a dead one. Notes its use at most once a minute. */
export async function presentSession(queryable: Queryable, deps: SessionDeps, request: Request): Promise<PresentSession | null> {
  const token = readSessionCookie(request, deps.secureCookies())
  if (token === null || tenantOfToken(token) !== deps.tenantId) return null
  const right = ownRight(deps.tenantId, 'account.self')
  const now = deps.clock.now()
  const session = await findSession(queryable, right, hashToken(token), now, new Date(now.getTime() - SESSION_IDLE_MS))
  if (session === null) return null
  if (now.getTime() - session.lastUsedAt.getTime() >= TOUCH_EVERY_MS) await touchSession(queryable, right, hashToken(token), now)
  return { ...session, token }
}

/** Who is asking, for people: nobody, a session or an API token. */
export async function describeSession(deps: AccountsDeps, { actor, request }: Pick<RequestContext, 'actor' | 'request'>): Promise<Session> {
  const nobody = { account: null, role: null, setupRequired: false, csrfToken: null, expiresAt: null }
  if (actor === null) return { ...nobody, setupRequired: !(await hasAdministrator(deps.db, ownRight(deps.tenantId))) }
  if (actor.kind !== 'account') return { ...nobody, role: actor.role }
  const present = await presentSession(deps.db, deps, request)
  if (present === null) return nobody
  return {
    account: toAccount(present.account), role: present.account.role, setupRequired: false, csrfToken: csrfTokenOf(present.token),
    expiresAt: present.expiresAt.toISOString(),
  }
}

/** Set-Cookie that removes the session's cookie. */
export function clearedCookie(deps: SessionDeps): string {
  return sessionCookie('', 0, deps.secureCookies())
}
