import { MusterError } from '@muster/core'
import type { Session } from '@muster/core/api'
import { anonymousActor } from '../audit/index.ts'
import { inTx } from '../platform/db/db.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import { findByEmail, findById, spendTotpStep, type StoredAccount, updateAccount } from './account-store.ts'
import { accountActor } from './authenticate.ts'
import { type AccountsDeps, ownRight } from './deps.ts'
import { byAccount, byAddress, countAttempt, forgiveAttempt } from './limits.ts'
import { passwordMatches } from './passwords.ts'
import { beginSession } from './sessions.ts'
import { matchingTotpStep } from './totp.ts'

export type SignInInput = { readonly email: string; readonly password: string; readonly totp?: string | undefined }

/** What a TOTP secret is sealed for: its tenant and account, so that a row moved elsewhere does not open. */
export function totpContext(tenantId: string, accountId: string): string {
  return `totp:${tenantId}:${accountId}`
}

/**
 * Signs in with e-mail, password and, where the account has it, a one-time code.
 *
 * @throws MusterError auth.rate-limited, auth.failed (one answer for an unknown account, a wrong password, a disabled
 *   account and a wrong code), auth.totp-required after the right password.
 */
export async function signIn(deps: AccountsDeps, input: SignInInput, context: RequestContext): Promise<Session> {
  const right = ownRight(deps.tenantId, 'account.self')
  const attempts = [byAddress(context.peerAddress), byAccount(input.email)]
  await countAttempt(deps.db, right, attempts, deps.clock.now())
  const account = await findByEmail(deps.db, right, input.email)
  const matches = await passwordMatches(input.password, account?.disabled === false ? account.passwordHash : null)
  if (account === null || !matches) return refuse(deps, account, context)
  const step = totpStepOf(deps, account, input.totp)
  if (step === 'missing') {
    await forgiveAttempt(deps.db, right, attempts)
    throw new MusterError('auth.totp-required', 'enter the code of your authenticator app')
  }
  if (step === 'wrong') return refuse(deps, account, context)
  const begun = await inTx(deps.db, async (tx) => {
    // Read again under lock: it may have been disabled, or its code used, while the password was checked.
    const current = await findById(tx, right, account.id, 'lock')
    if (current === null || current.disabled || current.passwordHash !== account.passwordHash) return null
    if (step !== null && !(await spendTotpStep(tx, right, account.id, step))) return null
    const now = deps.clock.now()
    await updateAccount(tx, right, account.id, { lastSignInAt: now })
    const session = await beginSession(tx, deps, { ...current, lastSignInAt: now.toISOString() }, context.request)
    await forgiveAttempt(tx, right, attempts)
    await deps.audit.append(tx, {
      actor: accountActor(current, deps.tenantId), action: 'sign-in', objectType: 'account', objectId: account.id, detail: { peer: context.peerAddress, totp: step !== null },
    })
    return session
  })
  if (begun === null) return refuse(deps, account, context)
  context.responseHeaders.append('set-cookie', begun.setCookie)
  return begun.session
}

/** Null: the account has no codes. */
function totpStepOf(deps: AccountsDeps, account: StoredAccount, code: string | undefined): number | null | 'missing' | 'wrong' {
  if (account.totpSecret === null) return null
  if (code === undefined) return 'missing'
  const secret = deps.sealer.open(account.totpSecret, totpContext(deps.tenantId, account.id))
  return matchingTotpStep(secret.reveal(), code, deps.clock.now(), account.totpLastStep) ?? 'wrong'
}

/** The same answer for every reason; the log names the account only when there is one, lest a password typed as e-mail end up there. */
async function refuse(deps: AccountsDeps, account: StoredAccount | null, context: RequestContext): Promise<never> {
  await inTx(deps.db, (tx) =>
    deps.audit.append(tx, {
      actor: anonymousActor(deps.tenantId, context.peerAddress), action: 'sign-in', objectType: 'account', objectId: account?.id ?? 'unknown', outcome: 'failure',
      detail: account === null ? {} : { email: account.email },
    }),
  )
  throw new MusterError('auth.failed', 'e-mail, password or code is not right')
}
