import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { type StoredAccount, toStored } from './account-store.ts'
import type { AccountsTables } from './tables.ts'

export type SessionRow = { readonly tokenHash: string; readonly accountId: string; readonly createdAt: Date; readonly expiresAt: Date }
export type LinkRow = {
  readonly tokenHash: string
  readonly purpose: 'first-administrator' | 'invitation'
  readonly accountId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
}

const tables = (queryable: Queryable) => queryable.withTables<AccountsTables>()

export async function insertSession(tx: Tx, { tenantId }: Authorized, row: SessionRow): Promise<void> {
  await tables(tx)
    .insertInto('sessions')
    .values({ tenant_id: tenantId, token_hash: row.tokenHash, account_id: row.accountId, created_at: row.createdAt, last_used_at: row.createdAt, expires_at: row.expiresAt })
    .execute()
}

export type LiveSession = { readonly account: StoredAccount; readonly lastUsedAt: Date; readonly expiresAt: Date }

/** The session with its account, unless it expired, lay idle since `idleSince`, or the account is disabled. */
export async function findSession(queryable: Queryable, { tenantId }: Authorized, tokenHash: string, now: Date, idleSince: Date): Promise<LiveSession | null> {
  const row = await tables(queryable)
    .selectFrom('sessions')
    .innerJoin('accounts', (join) => join.onRef('accounts.tenant_id', '=', 'sessions.tenant_id').onRef('accounts.id', '=', 'sessions.account_id'))
    .selectAll('accounts')
    .select(['sessions.last_used_at', 'sessions.expires_at'])
    .where('sessions.tenant_id', '=', tenantId)
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.expires_at', '>', now)
    .where('sessions.last_used_at', '>', idleSince)
    .where('accounts.disabled', '=', false)
    .executeTakeFirst()
  return row === undefined ? null : { account: toStored(row), lastUsedAt: row.last_used_at, expiresAt: row.expires_at }
}

export async function touchSession(queryable: Queryable, { tenantId }: Authorized, tokenHash: string, now: Date): Promise<void> {
  await tables(queryable).updateTable('sessions').set({ last_used_at: now }).where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash).execute()
}

export async function deleteSession(tx: Tx, { tenantId }: Authorized, tokenHash: string): Promise<void> {
  await tables(tx).deleteFrom('sessions').where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash).execute()
}

/** Ends every session of the account. */
export async function deleteSessionsOf(tx: Tx, { tenantId }: Authorized, accountId: string): Promise<void> {
  await tables(tx).deleteFrom('sessions').where('tenant_id', '=', tenantId).where('account_id', '=', accountId).execute()
}

/** Adds a link and spends the earlier ones of the same purpose and account: only the newest works. */
export async function insertLink(tx: Tx, { tenantId }: Authorized, row: LinkRow): Promise<void> {
  let earlier = tables(tx).updateTable('sign_in_links').set({ redeemed_at: row.createdAt }).where('tenant_id', '=', tenantId).where('purpose', '=', row.purpose).where('redeemed_at', 'is', null)
  earlier = row.accountId === null ? earlier.where('account_id', 'is', null) : earlier.where('account_id', '=', row.accountId)
  await earlier.execute()
  await tables(tx)
    .insertInto('sign_in_links')
    .values({ tenant_id: tenantId, token_hash: row.tokenHash, purpose: row.purpose, account_id: row.accountId, created_at: row.createdAt, expires_at: row.expiresAt, redeemed_at: null })
    .execute()
}

/** The link while it can be redeemed, else null. */
export async function findLink(queryable: Queryable, { tenantId }: Authorized, tokenHash: string, now: Date): Promise<(LinkRow & { readonly email: string | null }) | null> {
  const row = await tables(queryable)
    .selectFrom('sign_in_links')
    .leftJoin('accounts', (join) => join.onRef('accounts.tenant_id', '=', 'sign_in_links.tenant_id').onRef('accounts.id', '=', 'sign_in_links.account_id'))
    .selectAll('sign_in_links')
    .select(['accounts.email', 'accounts.disabled'])
    .where('sign_in_links.tenant_id', '=', tenantId)
    .where('sign_in_links.token_hash', '=', tokenHash)
    .where('sign_in_links.redeemed_at', 'is', null)
    .where('sign_in_links.expires_at', '>', now)
    .executeTakeFirst()
  if (row === undefined || row.disabled === true) return null
  return { tokenHash, purpose: row.purpose, accountId: row.account_id, createdAt: row.created_at, expiresAt: row.expires_at, email: row.email }
}

/** Spends the link; of two at once exactly one gets true. */
export async function spendLink(tx: Tx, { tenantId }: Authorized, tokenHash: string, now: Date): Promise<boolean> {
  const result = await tables(tx)
    .updateTable('sign_in_links')
    .set({ redeemed_at: now })
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', tokenHash)
    .where('redeemed_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) === 1
}

/** Removes sessions, links and rate buckets that no longer mean anything. */
export async function deleteExpired(tx: Tx, { tenantId }: Authorized, now: Date, idleSince: Date, bucketsBefore: Date): Promise<void> {
  await tables(tx).deleteFrom('sessions').where('tenant_id', '=', tenantId).where((at) => at.or([at('expires_at', '<=', now), at('last_used_at', '<=', idleSince)])).execute()
  await tables(tx).deleteFrom('sign_in_links').where('tenant_id', '=', tenantId).where('expires_at', '<=', now).execute()
  await tables(tx).deleteFrom('rate_buckets').where('tenant_id', '=', tenantId).where('refilled_at', '<=', bucketsBefore).execute()
}
