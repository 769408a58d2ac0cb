import { type Credential, MusterError, type TenantId } from '@muster/core'
import type { CredentialDetail, HistoryEntry, LocationRow, PageQuery } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Db, Queryable } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor, idKey } from '../platform/http/cursor.ts'
import { readAssessment } from './assessment-store.ts'
import { listAccounts, listConsumers } from './consumer-store.ts'
import { credentialExists, type DetailRecord, findIssued, findIssuer, findSameKey, findSshTies, listLocations, readDetail } from './detail-store.ts'
import { readDocument } from './document.ts'
import { listEvents } from './event-store.ts'
import { readRows } from './list-store.ts'
import type { ListPage } from './page.ts'

const MAX_CHAIN = 12
const MAX_SAME_KEY = 100
const MAX_ISSUED = 50
const MAX_SSH_TIES = 50
const MAX_CONSUMERS = 200
const MAX_ACCOUNTS = 200

/** A credential with its chain and ties. @throws MusterError object.not-found, also for another tenant's. */
export async function getCredential(db: Db, { tenantId }: Authorized, id: string): Promise<CredentialDetail> {
  const record = await readDetail(db, tenantId, id)
  const row = (await readRows(db, tenantId, [id]))[0]
  if (record === null || row === undefined) throw notFound(id)
  const credential = readDocument(record)
  const chainIds = record.subject_hash === null ? [] : await chainOf(db, tenantId, record)
  const ties = await tiesOf(db, tenantId, record, credential, chainIds[1])
  const rows = new Map((await readRows(db, tenantId, [...new Set([...chainIds, ...ties.map((tie) => tie.id)])])).map((one) => [one.id, one]))
  return {
    row, credential,
    assessment: row.kind === 'secret' ? await readAssessment(db, tenantId, id) : null,
    chain: chainIds.flatMap((one) => rows.get(one) ?? []),
    related: ties.flatMap(({ tie, id: other }) => { const found = rows.get(other); return found === undefined ? [] : [{ tie, credential: found }] }),
    accounts: await listAccounts(db, tenantId, id, MAX_ACCOUNTS),
    consumers: await listConsumers(db, tenantId, id, MAX_CONSUMERS),
  }
}

/** Ids from the certificate to the furthest issuer known, leaf first; ends at a self-issued certificate or where it would turn in a circle. */
async function chainOf(queryable: Queryable, tenantId: TenantId, record: DetailRecord): Promise<string[]> {
  const chain = [record.id]
  let { subject_hash: subject, issuer_hash: issuer, authority_key_id: authority } = record
  while (chain.length < MAX_CHAIN && issuer !== null && issuer !== subject) {
    const found = await findIssuer(queryable, tenantId, issuer, authority)
    if (found === null || chain.includes(found.id)) break
    chain.push(found.id)
    ;({ subject_hash: subject, issuer_hash: issuer, authority_key_id: authority } = found)
  }
  return chain
}

type Tie = { readonly tie: CredentialDetail['related'][number]['tie']; readonly id: string }

async function tiesOf(queryable: Queryable, tenantId: TenantId, record: DetailRecord, credential: Credential, issuerId: string | undefined): Promise<Tie[]> {
  const tied = (tie: Tie['tie'], ids: readonly string[]): Tie[] => ids.map((id) => ({ tie, id }))
  const same = record.spki === null ? [] : await findSameKey(queryable, tenantId, record.spki, record.id, MAX_SAME_KEY)
  const issued = record.is_ca ? await findIssued(queryable, tenantId, record, MAX_ISSUED) : []
  const caFingerprint = credential.kind === 'ssh-certificate' ? credential.caFingerprint : null
  const ownFingerprint = credential.kind === 'ssh-key' ? credential.sshFingerprint : null
  const ssh = caFingerprint === null && ownFingerprint === null ? [] : await findSshTies(queryable, tenantId, { caFingerprint, ownFingerprint }, MAX_SSH_TIES)
  return [...tied('same-key', same), ...tied('issued-by', issuerId === undefined ? [] : [issuerId]), ...tied('issues', issued), ...tied('signed-by-ssh-ca', ssh)]
}

/** Where a credential is and was. @throws MusterError object.not-found, page.cursor-invalid */
export async function listCredentialLocations(db: Db, { tenantId }: Authorized, id: string, query: PageQuery): Promise<ListPage<LocationRow>> {
  return pageById(db, tenantId, id, ['locations', id], query, async (after) => (await listLocations(db, tenantId, id, after, query.limit + 1)).map((item) => ({ id: item.id, item })))
}

/** What happened to a credential, newest first. @throws MusterError object.not-found, page.cursor-invalid */
export async function listCredentialHistory(db: Db, { tenantId }: Authorized, id: string, query: PageQuery): Promise<ListPage<HistoryEntry>> {
  return pageById(db, tenantId, id, ['history', id], query, async (after) => (await listEvents(db, tenantId, id, after, query.limit + 1)).map(({ id: event, entry }) => ({ id: event, item: entry })))
}

async function pageById<Item>(db: Db, tenantId: TenantId, id: string, scope: readonly string[], query: PageQuery, read: (after: string | null) => Promise<{ id: string; item: Item }[]>): Promise<ListPage<Item>> {
  if (!(await credentialExists(db, tenantId, id))) throw notFound(id)
  const [after] = decodeCursor(scope, query.cursor, idKey) ?? [null]
  const found = await read(after)
  const items = found.slice(0, query.limit)
  const more = found.length > items.length
  return { items: items.map(({ item }) => item), nextCursor: more ? encodeCursor(scope, [items.at(-1)!.id]) : null, count: after !== null || more ? null : { value: items.length, exact: true } }
}

/** The refusal for what is not there, or is another tenant's. */
export function notFound(id: string, what = 'credential'): MusterError {
  return new MusterError('object.not-found', `there is no such ${what}`, { id })
}
