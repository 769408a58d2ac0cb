import type { Clock, MusterError } from '@muster/core'
import type { Config } from './platform/config.ts'
import { connectStore, type Db, startEmbedded, type StoreConnection } from './platform/db/index.ts'
import type { Log } from './platform/log.ts'
import { readStoreVersion } from './settings/index.ts'

/** The open store, whichever kind it is. */
export type OpenStore = {
  readonly db: Db
  readonly connection: StoreConnection
  readonly kind: 'embedded' | 'external'
  readonly version: string
  /** Resolves when the store is gone for good; never otherwise. */
  readonly failed: Promise<MusterError>
  /** Closes the pool and stops the server we run. */
  close(): Promise<void>
}

/** Connects to the configured PostgreSQL, or starts our own in the data directory. */
export async function openStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>, deps: { readonly clock: Clock; readonly log: Log }): Promise<OpenStore> {
  if (config.databaseUrl !== null) {
    const connection = { kind: 'url', url: config.databaseUrl } as const
    const db = await connectStore(connection)
    return { db, connection, kind: 'external', version: await readStoreVersion(db), failed: new Promise(() => {}), close: () => db.destroy() }
  }
  const embedded = await startEmbedded({ dataDir: config.dataDir, ...deps })
  try {
    const db = await connectStore(embedded.connection)
    const close = async () => {
      await db.destroy()
      await embedded.stop()
    }
    return { db, connection: embedded.connection, kind: 'embedded', version: embedded.version, failed: embedded.failed, close }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}
