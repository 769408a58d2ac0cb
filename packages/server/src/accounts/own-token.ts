import type { TenantId } from '@muster/core'
import { authorize, systemActor } from '../platform/actor.ts'
import type { AccountsDeps } from './deps.ts'
import { findLiveApiToken, findTokenByHash } from './token-store.ts'

/** What is known of an API token that somebody found written down. */
export type OwnToken = { readonly state: 'live' | 'dead'; readonly facts: Readonly<Record<string, string>> }

/** Looks a token up by its digest (SHA-256 of the whole token, lower-case hex); null for one that was never made in this tenant. */
export async function ownToken({ db, clock }: Pick<AccountsDeps, 'db' | 'clock'>, tenantId: TenantId, digest: string): Promise<OwnToken | null> {
  const may = authorize(systemActor(tenantId), 'token.self', { type: 'api-token' })
  const known = await findTokenByHash(db, may, digest)
  if (known === null) return null
  const live = await findLiveApiToken(db, may, digest, clock.now())
  const { name, role, createdBy, createdAt, expiresAt } = known
  return { state: live === null ? 'dead' : 'live', facts: { name, role, createdBy, createdAt, ...(expiresAt === null ? {} : { expiresAt }) } }
}
