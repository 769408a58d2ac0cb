import { type Actor, authorize } from '../platform/actor.ts'
import { findById } from './account-store.ts'
import type { AccountsDeps } from './deps.ts'

/** What an actor is called: an account by its e-mail address and its name, others by their name. */
export async function namesOf({ db }: AccountsDeps, actor: Actor): Promise<readonly string[]> {
  if (actor.kind !== 'account') return [actor.name]
  const account = await findById(db, authorize(actor, 'finding.read', { type: 'account', id: actor.id }), actor.id)
  return account === null ? [actor.name] : [account.email, account.name]
}
