import type { Account, Role } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import type { AccountsTables } from './tables.ts'

/** An account with what only the server may see of it. */
export type StoredAccount = Account & {
  readonly passwordHash: string | null
  readonly totpSecret: string | null
  readonly totpPending: string | null
  readonly totpLastStep: number | null
}

const tables = (queryable: Queryable) => queryable.withTables<AccountsTables>()

/** The form e-mail addresses are kept and looked up in. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase()
}

/** Null when there is none of that address. */
export async function findByEmail(queryable: Queryable, { tenantId }: Authorized, email: string): Promise<StoredAccount | null> {
  const row = await tables(queryable).selectFrom('accounts').selectAll().where('tenant_id', '=', tenantId).where('email', '=', normalEmail(email)).executeTakeFirst()
  return row === undefined ? null : toStored(row)
}

/** Null when there is none; `lock` keeps it as it is until the transaction ends. */
export async function findById(queryable: Queryable, { tenantId }: Authorized, id: string, lock: 'lock' | 'read' = 'read'): Promise<StoredAccount | null> {
  let query = tables(queryable).selectFrom('accounts').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id)
  if (lock === 'lock') query = query.forUpdate()
  const row = await query.executeTakeFirst()
  return row === undefined ? null : toStored(row)
}

/** Accounts in the order of their creation, after `afterId` where one is given. */
export async function listAccounts(queryable: Queryable, { tenantId }: Authorized, afterId: string | null, limit: number): Promise<Account[]> {
  let query = tables(queryable).selectFrom('accounts').selectAll().where('tenant_id', '=', tenantId)
  if (afterId !== null) query = query.where('id', '>', afterId)
  return (await query.orderBy('id').limit(limit).execute()).map((row) => toAccount(toStored(row)))
}

/** How many accounts there are. */
export async function countAccounts(queryable: Queryable, { tenantId }: Authorized): Promise<number> {
  const row = await tables(queryable).selectFrom('accounts').select((at) => at.fn.countAll<string>().as('n')).where('tenant_id', '=', tenantId).executeTakeFirstOrThrow()
  return Number(row.n)
}

export type NewAccountRow = { readonly id: string; readonly email: string; readonly name: string; readonly role: Role; readonly passwordHash: string | null; readonly createdAt: Date }

/** False when the address is taken. */
export async function insertAccount(tx: Tx, { tenantId }: Authorized, row: NewAccountRow): Promise<boolean> {
  const result = await tables(tx)
    .insertInto('accounts')
    .values({
      tenant_id: tenantId, id: row.id, email: normalEmail(row.email), name: row.name, role: row.role, password_hash: row.passwordHash, totp_secret: null,
      totp_pending: null, totp_last_step: null, disabled: false, created_at: row.createdAt, last_sign_in_at: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'email']).doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1
}

export type AccountChange = {
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly disabled?: boolean | undefined
  readonly passwordHash?: string
  readonly totpSecret?: string | null
  readonly totpPending?: string | null
  readonly totpLastStep?: number | null
  readonly lastSignInAt?: Date
}

/** Sets what `change` names. */
export async function updateAccount(tx: Tx, { tenantId }: Authorized, id: string, change: AccountChange): Promise<void> {
  const columns = {
    name: change.name, role: change.role, disabled: change.disabled, password_hash: change.passwordHash, totp_secret: change.totpSecret,
    totp_pending: change.totpPending, totp_last_step: change.totpLastStep, last_sign_in_at: change.lastSignInAt,
  }
  const set = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
  if (Object.keys(set).length === 0) return
  await tables(tx).updateTable('accounts').set(set).where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

/** Keeps `step` as the last used one; false when it, or a later one, was used already. Of two at once one gets true. */
export async function spendTotpStep(tx: Tx, { tenantId }: Authorized, id: string, step: number): Promise<boolean> {
  const result = await tables(tx)
    .updateTable('accounts')
    .set({ totp_last_step: step })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where((at) => at.or([at('totp_last_step', 'is', null), at('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return Number(result.numUpdatedRows) === 1
}

/** Ids of the administrators who can sign in, locked until the transaction ends so that two changes cannot take the last two. */
export async function lockAdministrators(tx: Tx, { tenantId }: Authorized): Promise<string[]> {
  const rows = await administrators(tx, tenantId).orderBy('id').forUpdate().execute()
  return rows.map((row) => row.id)
}

/** Whether somebody can sign in as administrator. */
export async function hasAdministrator(queryable: Queryable, { tenantId }: Authorized): Promise<boolean> {
  return (await administrators(queryable, tenantId).limit(1).executeTakeFirst()) !== undefined
}

function administrators(queryable: Queryable, tenantId: string) {
  return tables(queryable)
    .selectFrom('accounts')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'administrator')
    .where('disabled', '=', false)
    .where('password_hash', 'is not', null)
}

/** The account as the API shows it. */
export function toAccount({ id, email, name, role, totpEnabled, disabled, createdAt, lastSignInAt }: StoredAccount): Account {
  return { id, email, name, role, totpEnabled, disabled, createdAt, lastSignInAt }
}

export function toStored(row: AccountsTables['accounts']): StoredAccount {
  return {
    id: row.id, email: row.email, name: row.name, role: row.role, disabled: row.disabled,
    totpEnabled: row.totp_secret !== null,
    createdAt: row.created_at.toISOString(),
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    passwordHash: row.password_hash, totpSecret: row.totp_secret, totpPending: row.totp_pending,
    totpLastStep: row.totp_last_step === null ? null : Number(row.totp_last_step),
  }
}
