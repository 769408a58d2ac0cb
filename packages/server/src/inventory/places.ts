import type { ConfigurationRow, EndpointRow, IdentityRow, MachineRow } from '@muster/core/api'
import { z } from 'zod'
import type { Authorized } from '../platform/actor.ts'
import type { Db, Tx } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { type ConfigurationFilter, countConfigurations, listConfigurationRows, readConfigurationRow } from './configuration-store.ts'
import { notFound } from './detail.ts'
import { reading } from './filter-store.ts'
import type { ListPage } from './page.ts'
import { countMachines, listMachineRows, type MachineFilter, readMachineRow } from './machine-list-store.ts'
import { countEndpoints, countIdentities, type EndpointFilter, type IdentityFilter, listEndpointRows, listIdentityRows, readEndpointRow } from './place-list-store.ts'

const nameKey = z.tuple([z.string(), z.uuid()])

type Paged = { readonly cursor?: string | undefined; readonly limit: number }
type Keyed<Row> = { readonly row: Row; readonly key: readonly [string, string] }
type Count = { readonly value: number; readonly exact: boolean }

/** Machines by name. @throws MusterError page.cursor-invalid */
export function listMachines(db: Db, { tenantId }: Authorized, { cursor, limit, ...filter }: MachineFilter & Paged): Promise<ListPage<MachineRow>> {
  return page(db, ['machines', filter], { cursor, limit }, (tx, after, most) => listMachineRows(tx, tenantId, filter, after, most), (tx) => countMachines(tx, tenantId, filter))
}

/** TLS and SSH endpoints by address. @throws MusterError page.cursor-invalid */
export function listEndpoints(db: Db, { tenantId }: Authorized, { cursor, limit, ...filter }: EndpointFilter & Paged): Promise<ListPage<EndpointRow>> {
  return page(db, ['endpoints', filter], { cursor, limit }, (tx, after, most) => listEndpointRows(tx, tenantId, filter, after, most), (tx) => countEndpoints(tx, tenantId, filter))
}

/** Identities by name. @throws MusterError page.cursor-invalid */
export function listIdentities(db: Db, { tenantId }: Authorized, { cursor, limit, ...filter }: IdentityFilter & Paged): Promise<ListPage<IdentityRow>> {
  return page(db, ['identities', filter], { cursor, limit }, (tx, after, most) => listIdentityRows(tx, tenantId, filter, after, most), (tx) => countIdentities(tx, tenantId, filter))
}

/** Configurations by path. @throws MusterError page.cursor-invalid */
export function listConfigurations(db: Db, { tenantId }: Authorized, { cursor, limit, ...filter }: ConfigurationFilter & Paged): Promise<ListPage<ConfigurationRow>> {
  return page(db, ['configurations', filter], { cursor, limit }, (tx, after, most) => listConfigurationRows(tx, tenantId, filter, after, most), (tx) => countConfigurations(tx, tenantId, filter))
}

/** One configuration. @throws MusterError object.not-found */
export async function getConfiguration(db: Db, { tenantId }: Authorized, id: string): Promise<ConfigurationRow> {
  const row = await readConfigurationRow(db, tenantId, id)
  if (row === null) throw notFound(id, 'configuration')
  return row
}

/** One machine; a machine merged into another answers as that one. @throws MusterError object.not-found */
export async function getMachine(db: Db, { tenantId }: Authorized, id: string): Promise<MachineRow> {
  const row = await readMachineRow(db, tenantId, id)
  if (row === null) throw notFound(id, 'machine')
  return row
}

/** One endpoint. @throws MusterError object.not-found */
export async function getEndpoint(db: Db, { tenantId }: Authorized, id: string): Promise<EndpointRow> {
  const row = await readEndpointRow(db, tenantId, id)
  if (row === null) throw notFound(id, 'endpoint')
  return row
}

function page<Row>(
  db: Db, scope: unknown, query: Paged, read: (tx: Tx, after: readonly [string, string] | null, most: number) => Promise<Keyed<Row>[]>, count: (tx: Tx) => Promise<Count>,
): Promise<ListPage<Row>> {
  const after = decodeCursor(scope, query.cursor, nameKey)
  return reading(db, async (tx) => {
    const found = await read(tx, after, query.limit + 1)
    const items = found.slice(0, query.limit)
    const more = found.length > items.length
    return {
      items: items.map(({ row }) => row),
      nextCursor: more ? encodeCursor(scope, items.at(-1)!.key) : null,
      count: after !== null ? null : more ? await count(tx) : { value: items.length, exact: true },
    }
  })
}
