import { MusterError, uuidV7 } from '@muster/core'
import type { Account, Role } from '@muster/core/api'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor, idKey } from '../platform/http/cursor.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import { countAccounts, findByEmail, findById, insertAccount, listAccounts, lockAdministrators, type StoredAccount, toAccount, updateAccount } from './account-store.ts'
import type { AccountsDeps } from './deps.ts'
import { invite } from './links.ts'
import { deleteSessionsOf } from './session-store.ts'
import { beginSession } from './sessions.ts'

/** A page of the tenant's accounts, oldest first. */
export async function pageOfAccounts(deps: AccountsDeps, actor: Actor, query: { readonly cursor?: string | undefined; readonly limit: number }) {
  const right = manage(actor)
  const [after] = decodeCursor('accounts', query.cursor, idKey) ?? [null]
  const found = await listAccounts(deps.db, right, after, query.limit + 1)
  const items = found.slice(0, query.limit)
  return {
    items,
    nextCursor: found.length > items.length ? encodeCursor('accounts', [items.at(-1)!.id]) : null,
    count: after === null ? { value: await countAccounts(deps.db, right), exact: true } : null,
  }
}

/**
 * Adds an account without a password and its invitation; for an account that has not accepted yet, a fresh invitation.
 *
 * @throws MusterError object.exists when somebody uses the address already.
 */
export async function createAccount(deps: AccountsDeps, actor: Actor, input: { readonly email: string; readonly name: string; readonly role: Role }) {
  const right = manage(actor)
  return inTx(deps.db, async (tx) => {
    const id = uuidV7(deps.clock)
    const added = await insertAccount(tx, right, { id, ...input, passwordHash: null, createdAt: deps.clock.now() })
    const account = added ? await findById(tx, right, id) : await findByEmail(tx, right, input.email)
    if (account === null) throw new Error('an account vanished within its transaction')
    if (account.passwordHash !== null || account.disabled) throw new MusterError('object.exists', 'there is an account with this e-mail address already')
    if (!added) await updateAccount(tx, right, account.id, { name: input.name, role: input.role })
    const signInUrl = await invite(tx, deps, account.id)
    await deps.audit.append(tx, { actor, action: added ? 'account.created' : 'account.invited-again', objectType: 'account', objectId: account.id, detail: { email: account.email, role: input.role } })
    return { account: { ...toAccount(account), name: input.name, role: input.role }, signInUrl }
  })
}

export type AccountChangeInput = { readonly name?: string | undefined; readonly role?: Role | undefined; readonly disabled?: boolean | undefined }

/**
 * Changes name, role or disabled. A change of role or of disabled ends the account's sessions; whoever changes their own
 * goes on in a new one.
 *
 * @throws MusterError object.not-found; object.conflict for the last administrator who can sign in.
 */
export async function changeAccount(deps: AccountsDeps, actor: Actor, id: string, change: AccountChangeInput, context: RequestContext): Promise<Account> {
  const right = manage(actor)
  const { account, setCookie } = await inTx(deps.db, async (tx) => {
    const administrators = await lockAdministrators(tx, right)
    const before = await findById(tx, right, id, 'lock')
    if (before === null) throw new MusterError('object.not-found', 'there is no such account')
    keepAnAdministrator(administrators, before, change)
    await updateAccount(tx, right, id, change)
    const after = (await findById(tx, right, id))!
    const cookie = await rotate(tx, deps, right, actor, before, after, context)
    await deps.audit.append(tx, { actor, action: 'account.changed', objectType: 'account', objectId: id, detail: { ...difference(before, after) } })
    return { account: toAccount(after), setCookie: cookie }
  })
  if (setCookie !== null) context.responseHeaders.append('set-cookie', setCookie)
  return account
}

function keepAnAdministrator(administrators: readonly string[], before: StoredAccount, change: AccountChangeInput): void {
  const loses = change.disabled === true || (change.role !== undefined && change.role !== 'administrator')
  if (loses && administrators.length === 1 && administrators[0] === before.id) {
    throw new MusterError('object.conflict', 'this is the last administrator; make somebody else one first')
  }
}

async function rotate(tx: Tx, deps: AccountsDeps, right: Authorized, actor: Actor, before: StoredAccount, after: StoredAccount, context: RequestContext): Promise<string | null> {
  if (before.role === after.role && before.disabled === after.disabled) return null
  await deleteSessionsOf(tx, right, after.id)
  if (actor.kind !== 'account' || actor.id !== after.id || after.disabled) return null
  return (await beginSession(tx, deps, after, context.request)).setCookie
}

function difference(before: StoredAccount, after: StoredAccount): Record<string, unknown> {
  const fields = ['name', 'role', 'disabled'] as const
  return Object.fromEntries(fields.filter((field) => before[field] !== after[field]).map((field) => [field, { from: before[field], to: after[field] }]))
}

function manage(actor: Actor): Authorized {
  return authorize(actor, 'account.manage', { type: 'account' })
}
