import type { ApiToken, Role } from '@muster/core/api'
import { sql } from 'kysely'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import type { AccountsTables } from './tables.ts'

const tables = (queryable: Queryable) => queryable.withTables<AccountsTables>()

export type NewApiTokenRow = {
  readonly id: string
  readonly tokenHash: string
  readonly name: string
  readonly role: Role
  /** Whose it is; null for one made on the server's own host. */
  readonly accountId: string | null
  /** The token it was made with, whose revocation ends it too; null for one made by a person. */
  readonly madeWith: string | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
}

export async function insertApiToken(tx: Tx, { tenantId }: Authorized, row: NewApiTokenRow): Promise<ApiToken> {
  const inserted = await tables(tx)
    .insertInto('api_tokens')
    .values({
      tenant_id: tenantId, id: row.id, token_hash: row.tokenHash, name: row.name, role: row.role, account_id: row.accountId, made_with: row.madeWith, created_by: row.createdBy,
      created_at: row.createdAt, expires_at: row.expiresAt, last_used_at: null, revoked_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toApiToken(inserted)
}

/** A token that is accepted now. Its role is its own or, if that has sunk below it, its account's. */
export type LiveApiToken = { readonly id: string; readonly name: string; readonly role: Role; readonly accountRole: Role | null; readonly lastUsedAt: Date | null }

/** Null for a token that is unknown, revoked, expired, or whose account is disabled. */
export async function findLiveApiToken(queryable: Queryable, { tenantId }: Authorized, tokenHash: string, now: Date): Promise<LiveApiToken | null> {
  const row = await tables(queryable)
    .selectFrom('api_tokens')
    .leftJoin('accounts', (join) => join.onRef('accounts.tenant_id', '=', 'api_tokens.tenant_id').onRef('accounts.id', '=', 'api_tokens.account_id'))
    .select(['api_tokens.id', 'api_tokens.name', 'api_tokens.role', 'api_tokens.last_used_at', 'accounts.role as account_role', 'accounts.disabled'])
    .where('api_tokens.tenant_id', '=', tenantId)
    .where('api_tokens.token_hash', '=', tokenHash)
    .where('api_tokens.revoked_at', 'is', null)
    .where((at) => at.or([at('api_tokens.expires_at', 'is', null), at('api_tokens.expires_at', '>', now)]))
    .executeTakeFirst()
  if (row === undefined || row.disabled === true) return null
  return { id: row.id, name: row.name, role: row.role, accountRole: row.account_role, lastUsedAt: row.last_used_at }
}

/** A token by its hash, whatever has become of it; null for one that was never made in this tenant. */
export async function findTokenByHash(queryable: Queryable, { tenantId }: Authorized, tokenHash: string): Promise<ApiToken | null> {
  const row = await tables(queryable).selectFrom('api_tokens').selectAll().where('tenant_id', '=', tenantId).where('token_hash', '=', tokenHash).executeTakeFirst()
  return row === undefined ? null : toApiToken(row)
}

export async function touchApiToken(queryable: Queryable, { tenantId }: Authorized, id: string, now: Date): Promise<void> {
  await tables(queryable).updateTable('api_tokens').set({ last_used_at: now }).where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

/** Whose tokens to list: one account's, or everybody's. */
export type TokenOwner = { readonly accountId: string } | { readonly tokenId: string } | 'everybody'

/** Tokens, newest first, before `beforeId` where one is given. */
export async function listApiTokens(queryable: Queryable, { tenantId }: Authorized, owner: TokenOwner, beforeId: string | null, limit: number): Promise<ApiToken[]> {
  let query = owned(queryable, tenantId, owner)
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  const rows = await query.selectAll().orderBy('id', 'desc').limit(limit).execute()
  return rows.map(toApiToken)
}

export async function countApiTokens(queryable: Queryable, { tenantId }: Authorized, owner: TokenOwner): Promise<number> {
  const row = await owned(queryable, tenantId, owner).select((at) => at.fn.countAll<string>().as('n')).executeTakeFirstOrThrow()
  return Number(row.n)
}

/** A token with whose it is; null when there is none. `lock` keeps it as it is until the transaction ends. */
export async function findApiToken(queryable: Queryable, { tenantId }: Authorized, id: string, lock: 'lock' | 'read' = 'read'): Promise<{ readonly token: ApiToken; readonly accountId: string | null } | null> {
  const query = owned(queryable, tenantId, { tokenId: id }).selectAll()
  const row = await (lock === 'lock' ? query.forShare() : query).executeTakeFirst()
  return row === undefined ? null : { token: toApiToken(row), accountId: row.account_id }
}

/** Revokes a token and all that were made with it, and with those; returns the ids of those that were not yet. */
export async function revokeApiToken(tx: Tx, { tenantId }: Authorized, id: string, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE ending AS (
      SELECT id FROM api_tokens WHERE tenant_id = ${tenantId} AND id = ${id}
      UNION SELECT t.id FROM api_tokens t JOIN ending ON t.made_with = ending.id WHERE t.tenant_id = ${tenantId})
    UPDATE api_tokens t SET revoked_at = ${now} FROM ending WHERE t.tenant_id = ${tenantId} AND t.id = ending.id AND t.revoked_at IS NULL RETURNING t.id`.execute(tx)
  return rows.map((row) => row.id)
}

function owned(queryable: Queryable, tenantId: string, owner: TokenOwner) {
  const query = tables(queryable).selectFrom('api_tokens').where('tenant_id', '=', tenantId)
  if (owner === 'everybody') return query
  return 'accountId' in owner ? query.where('account_id', '=', owner.accountId) : query.where('id', '=', owner.tokenId)
}

function toApiToken(row: AccountsTables['api_tokens']): ApiToken {
  return {
    id: row.id, name: row.name, role: row.role, createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
