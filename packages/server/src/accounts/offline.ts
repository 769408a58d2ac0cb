import { type Clock, MusterError, type TenantId } from '@muster/core'
import { type ApiToken, type Role, roles } from '@muster/core/api'
import { createAudit } from '../audit/index.ts'
import { authorize, systemActor } from '../platform/actor.ts'
import { type Db, inTx } from '../platform/db/db.ts'
import { issueApiToken } from './api-tokens.ts'

export type OfflineToken = { readonly name: string; readonly role: string; readonly lifetimeDays: number | null; readonly tenantId: TenantId }

/**
 * Makes an API token straight in the store, for whoever may read the server's data directory anyway. It belongs to no
 * account, so it does not end with one. Audited as the server's own doing.
 *
 * @throws MusterError usage.invalid for a role there is not or a name that is empty or over 80 characters.
 */
export async function createTokenOffline(db: Db, clock: Clock, input: OfflineToken): Promise<{ apiToken: ApiToken; token: string }> {
  const role = roles.find((known) => known === input.role)
  if (role === undefined) throw new MusterError('usage.invalid', `not a role: ${JSON.stringify(input.role)}; one of ${roles.join(', ')}`)
  const name = input.name.trim()
  if (name === '' || name.length > 80) throw new MusterError('usage.invalid', 'a token needs a name of 1 to 80 characters')
  const actor = { ...systemActor(input.tenantId), name: 'muster token create' }
  const right = authorize(systemActor(input.tenantId), 'token.self', { type: 'api-token' })
  const audit = createAudit({ clock })
  return inTx(db, (tx) => issueApiToken(tx, { clock, audit }, right, actor, { name, role: role satisfies Role, lifetimeDays: input.lifetimeDays, accountId: null, madeWith: null, latest: null }))
}
