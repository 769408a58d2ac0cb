import { type Clock, DAY_MS, MusterError, uuidV7 } from '@muster/core'
import { type ApiToken, type Role, roles } from '@muster/core/api'
import type { Audit, AuditActor } from '../audit/index.ts'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor, idKey } from '../platform/http/cursor.ts'
import type { AccountsDeps } from './deps.ts'
import { countApiTokens, findApiToken, insertApiToken, listApiTokens, revokeApiToken, type TokenOwner } from './token-store.ts'
import { hashToken, newApiToken } from './tokens.ts'

type TokenDeps = Pick<AccountsDeps, 'db' | 'clock' | 'audit'>

/** A page of tokens, newest first: the actor's own, everybody's for administrators. */
export async function pageOfApiTokens(deps: TokenDeps, actor: Actor, query: { readonly cursor?: string | undefined; readonly limit: number }) {
  const right = self(actor)
  const owner: TokenOwner = actor.role === 'administrator' ? 'everybody' : await ownerOf(deps, right, actor)
  const [before] = decodeCursor('api-tokens', query.cursor, idKey) ?? [null]
  const found = await listApiTokens(deps.db, right, owner, before, query.limit + 1)
  const items = found.slice(0, query.limit)
  return {
    items,
    nextCursor: found.length > items.length ? encodeCursor('api-tokens', [items.at(-1)!.id]) : null,
    count: before === null ? { value: await countApiTokens(deps.db, right, owner), exact: true } : null,
  }
}

export type NewApiToken = { readonly name: string; readonly role: Role; readonly lifetimeDays: number | null }

/**
 * Makes a token of at most the actor's role; one made with a token ends no later than that token does, be it by revocation.
 *
 * @throws MusterError access.denied for a role above the actor's own; auth.failed when the actor was revoked meanwhile.
 */
export async function createApiToken(deps: TokenDeps, actor: Actor, input: NewApiToken): Promise<{ apiToken: ApiToken; token: string }> {
  const right = self(actor)
  if (roles.indexOf(input.role) > roles.indexOf(actor.role)) {
    throw new MusterError('access.denied', `a token may have the role ${actor.role} at most`, { needed: input.role })
  }
  return inTx(deps.db, async (tx) => {
    if (actor.kind !== 'api-token') return issueApiToken(tx, deps, right, actor, { ...input, accountId: actor.id, madeWith: null, latest: null })
    const maker = await findApiToken(tx, right, actor.id, 'lock')
    if (maker === null || maker.token.revokedAt !== null) throw new MusterError('auth.failed', 'the API token was revoked')
    const { expiresAt } = maker.token
    return issueApiToken(tx, deps, right, actor, { ...input, accountId: maker.accountId, madeWith: actor.id, latest: expiresAt === null ? null : new Date(expiresAt) })
  })
}

/** Makes the token and says so in the audit log. The token's text is in the result and nowhere else. */
export async function issueApiToken(
  tx: Tx,
  { clock, audit }: { readonly clock: Clock; readonly audit: Audit },
  right: Authorized,
  actor: AuditActor,
  input: NewApiToken & { readonly accountId: string | null; readonly madeWith: string | null; readonly latest: Date | null },
): Promise<{ apiToken: ApiToken; token: string }> {
  const now = clock.now()
  const wanted = input.lifetimeDays === null ? null : new Date(now.getTime() + input.lifetimeDays * DAY_MS)
  const expiresAt = input.latest !== null && (wanted === null || wanted > input.latest) ? input.latest : wanted
  const token = newApiToken(right.tenantId)
  const apiToken = await insertApiToken(tx, right, {
    id: uuidV7(clock), tokenHash: hashToken(token), name: input.name, role: input.role, accountId: input.accountId, madeWith: input.madeWith, createdBy: actor.name, createdAt: now, expiresAt,
  })
  await audit.append(tx, {
    actor, action: 'api-token.created', objectType: 'api-token', objectId: apiToken.id,
    detail: { name: input.name, role: input.role, expiresAt: apiToken.expiresAt },
  })
  return { apiToken, token }
}

/**
 * Revokes a token at once, with those made with it. @throws MusterError object.not-found also for a token of somebody else's, unless an
 * administrator asks; access.denied to a token for one of a higher role.
 */
export async function revoke(deps: TokenDeps, actor: Actor, id: string): Promise<null> {
  const right = self(actor)
  const found = await findApiToken(deps.db, right, id)
  const own = found !== null && (actor.role === 'administrator' || isOwn(await ownerOf(deps, right, actor), found))
  if (found === null || !own) throw new MusterError('object.not-found', 'there is no such API token')
  if (actor.kind === 'api-token' && roles.indexOf(found.token.role) > roles.indexOf(actor.role)) throw new MusterError('access.denied', `that token has the role ${found.token.role}`, { needed: found.token.role })
  await inTx(deps.db, async (tx) => {
    const revoked = await revokeApiToken(tx, right, id, deps.clock.now())
    if (revoked.length === 0) return
    const madeWithIt = revoked.filter((other) => other !== id)
    const detail = { name: found.token.name, ...(madeWithIt.length === 0 ? {} : { madeWithIt: madeWithIt.slice(0, 100), count: revoked.length }) }
    await deps.audit.append(tx, { actor, action: 'api-token.revoked', objectType: 'api-token', objectId: id, detail })
  })
  return null
}

/** A token acts for the account it belongs to; one that belongs to none stands for itself. */
async function ownerOf({ db }: TokenDeps, right: Authorized, actor: Actor): Promise<Exclude<TokenOwner, 'everybody'>> {
  if (actor.kind !== 'api-token') return { accountId: actor.id }
  const accountId = (await findApiToken(db, right, actor.id))?.accountId ?? null
  return accountId === null ? { tokenId: actor.id } : { accountId }
}

function isOwn(owner: Exclude<TokenOwner, 'everybody'>, found: { readonly token: ApiToken; readonly accountId: string | null }): boolean {
  return 'accountId' in owner ? found.accountId === owner.accountId : found.token.id === owner.tokenId
}

function self(actor: Actor): Authorized {
  return authorize(actor, 'token.self', { type: 'api-token' })
}
