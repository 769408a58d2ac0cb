import { randomBytes } from 'node:crypto'
import { MusterError, Secret } from '@muster/core'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import { findById, spendTotpStep, type StoredAccount, updateAccount } from './account-store.ts'
import type { AccountsDeps } from './deps.ts'
import { byAccount, countAttempt, forgiveAttempt } from './limits.ts'
import { hashPassword, passwordMatches } from './passwords.ts'
import { deleteSession, deleteSessionsOf } from './session-store.ts'
import { clearedCookie, presentSession } from './sessions.ts'
import { totpContext } from './sign-in.ts'
import { hashToken } from './tokens.ts'
import { matchingTotpStep, toBase32, totpUri } from './totp.ts'

/** Ends the session of the request. */
export async function signOut(deps: AccountsDeps, actor: Actor, context: RequestContext): Promise<null> {
  const right = mine(actor)
  const session = await presentSession(deps.db, deps, context.request)
  await inTx(deps.db, async (tx) => {
    if (session !== null) await deleteSession(tx, right, hashToken(session.token))
    await deps.audit.append(tx, { actor, action: 'sign-out', objectType: 'account', objectId: actor.id })
  })
  context.responseHeaders.append('set-cookie', clearedCookie(deps))
  return null
}

/**
 * Sets a new password and ends every session of the account, this one included.
 *
 * @throws MusterError auth.failed when `current` is wrong; auth.rate-limited.
 */
export async function changePassword(deps: AccountsDeps, actor: Actor, input: { readonly current: string; readonly next: string }, context: RequestContext): Promise<null> {
  const right = mine(actor)
  const attempts = [byAccount(actor.name)]
  await countAttempt(deps.db, right, attempts, deps.clock.now())
  const account = await mustFind(deps, right, actor)
  if (!(await passwordMatches(input.current, account.passwordHash))) {
    await note(deps, actor, 'account.password-changed', 'failure')
    throw new MusterError('auth.failed', 'the present password is not right')
  }
  const passwordHash = await hashPassword(input.next)
  await inTx(deps.db, async (tx) => {
    // Read again under lock: of two changes at once the second was asked for with a password that is none any more.
    const current = await findById(tx, right, actor.id, 'lock')
    if (current === null || current.disabled || current.passwordHash !== account.passwordHash) throw new MusterError('auth.failed', 'the present password is not right')
    await updateAccount(tx, right, actor.id, { passwordHash })
    await deleteSessionsOf(tx, right, actor.id)
    await forgiveAttempt(tx, right, attempts)
    await deps.audit.append(tx, { actor, action: 'account.password-changed', objectType: 'account', objectId: actor.id })
  })
  context.responseHeaders.append('set-cookie', clearedCookie(deps))
  return null
}

/** Makes a TOTP secret that takes effect once a code of it is confirmed. @throws MusterError object.conflict when codes are in use already. */
export async function enrolTotp(deps: AccountsDeps, actor: Actor) {
  const right = mine(actor)
  const bytes = new Uint8Array(randomBytes(20))
  await inTx(deps.db, async (tx) => {
    const account = await findById(tx, right, actor.id, 'lock')
    if (account?.totpEnabled !== false) throw new MusterError('object.conflict', 'one-time codes are in use; stop using them first')
    await updateAccount(tx, right, actor.id, { totpPending: deps.sealer.seal(new Secret(bytes), totpContext(actor.tenantId, actor.id)) })
    await deps.audit.append(tx, { actor, action: 'account.totp-enrolled', objectType: 'account', objectId: actor.id })
  })
  return { uri: totpUri(actor.name, bytes), secret: toBase32(bytes) }
}

/** Puts the pending TOTP secret in force. @throws MusterError object.conflict without one; auth.failed, auth.rate-limited. */
export async function confirmTotp(deps: AccountsDeps, actor: Actor, code: string): Promise<null> {
  await withCode(deps, actor, code, 'account.totp-confirmed', async (tx, right, account, check) => {
    if (account.totpPending === null) throw new MusterError('object.conflict', 'there is nothing to confirm; begin with a new secret')
    if (!(await check(account.totpPending))) return false
    await updateAccount(tx, right, actor.id, { totpSecret: account.totpPending, totpPending: null })
    return true
  })
  return null
}

/** Stops the use of one-time codes. @throws MusterError object.conflict when none are in use; auth.failed, auth.rate-limited. */
export async function disableTotp(deps: AccountsDeps, actor: Actor, code: string): Promise<null> {
  await withCode(deps, actor, code, 'account.totp-disabled', async (tx, right, account, check) => {
    if (account.totpSecret === null) throw new MusterError('object.conflict', 'one-time codes are not in use')
    if (!(await check(account.totpSecret))) return false
    await updateAccount(tx, right, actor.id, { totpSecret: null, totpPending: null, totpLastStep: null })
    return true
  })
  return null
}

type CodeCheck = (sealed: string) => Promise<boolean>

/** Runs `change` with a check that spends the code's step; a wrong code counts against the account's limit. */
async function withCode(
  deps: AccountsDeps,
  actor: Actor,
  code: string,
  action: string,
  change: (tx: Tx, right: Authorized, account: StoredAccount, check: CodeCheck) => Promise<boolean>,
): Promise<void> {
  const right = mine(actor)
  const attempts = [byAccount(actor.name)]
  await countAttempt(deps.db, right, attempts, deps.clock.now())
  const done = await inTx(deps.db, async (tx) => {
    const account = await findById(tx, right, actor.id, 'lock')
    if (account === null) throw new MusterError('object.not-found', 'the account is gone')
    const changed = await change(tx, right, account, async (sealed) => {
      const secret = deps.sealer.open(sealed, totpContext(actor.tenantId, actor.id))
      const step = matchingTotpStep(secret.reveal(), code, deps.clock.now(), account.totpLastStep)
      return step !== null && (await spendTotpStep(tx, right, actor.id, step))
    })
    if (!changed) return false
    await forgiveAttempt(tx, right, attempts)
    await deps.audit.append(tx, { actor, action, objectType: 'account', objectId: actor.id })
    return true
  })
  if (done) return
  await note(deps, actor, action, 'failure')
  throw new MusterError('auth.failed', 'the code is not right')
}

async function note(deps: AccountsDeps, actor: Actor, action: string, outcome: 'failure'): Promise<void> {
  await inTx(deps.db, (tx) => deps.audit.append(tx, { actor, action, objectType: 'account', objectId: actor.id, outcome }))
}

async function mustFind(deps: AccountsDeps, right: Authorized, actor: Actor): Promise<StoredAccount> {
  const account = await findById(deps.db, right, actor.id)
  if (account === null) throw new MusterError('object.not-found', 'the account is gone')
  return account
}

/** @throws MusterError access.denied for an API token: it has no password, codes or session of its own. */
function mine(actor: Actor): Authorized {
  if (actor.kind !== 'account') throw new MusterError('access.denied', 'this is for people who have signed in, not for API tokens')
  return authorize(actor, 'account.self', { type: 'account', id: actor.id, ownerId: actor.id })
}
