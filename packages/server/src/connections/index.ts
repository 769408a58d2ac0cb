import type { Secret, TenantId } from '@muster/core'
import type { Connection } from '@muster/core/api'
import type { Queryable } from '../platform/db/db.ts'
import type { Slice } from '../platform/slice.ts'
import { connectionHandlers, type ConnectionsDeps, tokenContext } from './routes.ts'
import { connectionsMigrations } from './schema.ts'
import { findConnection, markUsed } from './store.ts'

export type { ConnectionsDeps } from './routes.ts'

/** The connections slice, and what a scan asks of it. */
export type Connections = {
  readonly slice: Slice
  /** Null when there is none. */
  readonly find: (queryable: Queryable, tenantId: TenantId, id: string) => Promise<Omit<Connection, 'lastUsedAt'> | null>
  /** The connection with its credential, for a scan that begins now: a token, PEM, or where a token lies, as `signsInWith` says. Null when there is none. */
  readonly open: (tenantId: TenantId, id: string) => Promise<{ readonly connection: Omit<Connection, 'lastUsedAt'>; readonly token: Secret } | null>
}

/** Systems that are read through their API: where each is, and what proves this installation to it, sealed. */
export function createConnections(deps: ConnectionsDeps): Connections {
  return {
    slice: { name: 'connections', migrations: connectionsMigrations, handlers: connectionHandlers(deps), jobs: [] },
    find: findConnection,
    open: async (tenantId, id) => {
      const connection = await findConnection(deps.db, tenantId, id)
      if (connection === null) return null
      await markUsed(deps.db, tenantId, id, deps.clock.now())
      return { connection, token: deps.sealer.open(connection.sealedToken, tokenContext(tenantId, id)) }
    },
  }
}
