import { HOUR_MS, MINUTE_MS, MusterError, uuidV7 } from '@muster/core'
import type { Session } from '@muster/core/api'
import { systemActor } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import { findById, hasAdministrator, insertAccount, lockAdministrators, normalEmail, type StoredAccount, updateAccount } from './account-store.ts'
import { accountActor } from './authenticate.ts'
import { type AccountsDeps, ownRight } from './deps.ts'
import { byAddress, countAttempt, forgiveAttempt } from './limits.ts'
import { hashPassword } from './passwords.ts'
import { findLink, insertLink, spendLink } from './session-store.ts'
import { beginSession } from './sessions.ts'
import { hashToken, newToken } from './tokens.ts'

const FIRST_ADMINISTRATOR_MS = 15 * MINUTE_MS
const INVITATION_MS = 24 * HOUR_MS

export type RedeemInput = { readonly token: string; readonly email: string; readonly name: string; readonly password: string }

// In the fragment, which browsers send to nobody: the token is in no log and no referrer.
const linkUrl = (deps: AccountsDeps, token: string) => `${deps.publicUrl()}/sign-in#token=${token}`

/** A new link for the first administrator, spending any earlier one; null when there is an administrator already. */
export async function firstAdministratorLink(deps: AccountsDeps): Promise<string | null> {
  const right = ownRight(deps.tenantId)
  return inTx(deps.db, async (tx) => {
    if (await hasAdministrator(tx, right)) return null
    const token = newToken(deps.tenantId)
    const now = deps.clock.now()
    await insertLink(tx, right, { tokenHash: hashToken(token), purpose: 'first-administrator', accountId: null, createdAt: now, expiresAt: new Date(now.getTime() + FIRST_ADMINISTRATOR_MS) })
    await deps.audit.append(tx, { actor: systemActor(deps.tenantId), action: 'sign-in-link.created', objectType: 'sign-in-link', objectId: 'first-administrator' })
    return linkUrl(deps, token)
  })
}

/** The invitation of an account that has no password yet: its link, good for 24 hours; earlier ones are spent. */
export async function invite(tx: Tx, deps: AccountsDeps, accountId: string): Promise<string> {
  const token = newToken(deps.tenantId)
  const now = deps.clock.now()
  await insertLink(tx, ownRight(deps.tenantId), { tokenHash: hashToken(token), purpose: 'invitation', accountId, createdAt: now, expiresAt: new Date(now.getTime() + INVITATION_MS) })
  return linkUrl(deps, token)
}

/** @throws MusterError auth.link-spent for a link that is unknown, used or expired; auth.rate-limited. */
export async function describeLink(deps: AccountsDeps, token: string, context: RequestContext) {
  const right = ownRight(deps.tenantId)
  const attempts = [byAddress(context.peerAddress)]
  await countAttempt(deps.db, right, attempts, deps.clock.now())
  const link = await findLink(deps.db, right, hashToken(token), deps.clock.now())
  if (link === null) throw spent()
  await forgiveAttempt(deps.db, right, attempts)
  return { purpose: link.purpose, email: link.email, expiresAt: link.expiresAt.toISOString() }
}

/**
 * Makes the first administrator, or completes an invited account, and signs in. Of two who redeem one link at once,
 * exactly one succeeds.
 *
 * @throws MusterError auth.link-spent, auth.rate-limited, object.exists (the e-mail is taken), request.invalid (an
 *   invitation of somebody else).
 */
export async function redeemLink(deps: AccountsDeps, input: RedeemInput, context: RequestContext): Promise<Session> {
  const right = ownRight(deps.tenantId)
  const attempts = [byAddress(context.peerAddress)]
  await countAttempt(deps.db, right, attempts, deps.clock.now())
  // Hashing takes a while and comes before the transaction; whether the link is good is looked at first.
  const link = await findLink(deps.db, right, hashToken(input.token), deps.clock.now())
  if (link === null) throw spent()
  if (link.email !== null && link.email !== normalEmail(input.email)) throw new MusterError('request.invalid', 'the invitation is for another e-mail address')
  const passwordHash = await hashPassword(input.password)
  const begun = await inTx(deps.db, async (tx) => {
    if (!(await spendLink(tx, right, hashToken(input.token), deps.clock.now()))) throw spent()
    const account = link.accountId === null ? await createFirst(tx, deps, input, passwordHash) : await completeInvited(tx, deps, link.accountId, input, passwordHash)
    const session = await beginSession(tx, deps, account, context.request)
    await forgiveAttempt(tx, right, attempts)
    await deps.audit.append(tx, {
      actor: accountActor(account, deps.tenantId), action: 'sign-in-link.redeemed', objectType: 'account', objectId: account.id,
      detail: { purpose: link.purpose, peer: context.peerAddress },
    })
    return session
  })
  context.responseHeaders.append('set-cookie', begun.setCookie)
  return begun.session
}

async function createFirst(tx: Tx, deps: AccountsDeps, input: RedeemInput, passwordHash: string): Promise<StoredAccount> {
  const right = ownRight(deps.tenantId)
  if ((await lockAdministrators(tx, right)).length > 0) throw spent()
  const now = deps.clock.now()
  const id = uuidV7(deps.clock)
  if (!(await insertAccount(tx, right, { id, email: input.email, name: input.name, role: 'administrator', passwordHash, createdAt: now }))) {
    throw new MusterError('object.exists', 'there is an account with this e-mail address already')
  }
  await updateAccount(tx, right, id, { lastSignInAt: now })
  return present(await findById(tx, right, id))
}

async function completeInvited(tx: Tx, deps: AccountsDeps, accountId: string, input: RedeemInput, passwordHash: string): Promise<StoredAccount> {
  const right = ownRight(deps.tenantId)
  const account = await findById(tx, right, accountId, 'lock')
  if (account === null || account.disabled || account.passwordHash !== null) throw spent()
  await updateAccount(tx, right, accountId, { name: input.name, passwordHash, lastSignInAt: deps.clock.now() })
  return present(await findById(tx, right, accountId))
}

function present(account: StoredAccount | null): StoredAccount {
  if (account === null) throw new Error('an account vanished within its transaction')
  return account
}

function spent(): MusterError {
  return new MusterError('auth.link-spent', 'the sign-in link has been used or has expired; ask for a new one, or restart the server for the first')
}
