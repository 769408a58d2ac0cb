import { sql } from 'kysely'
import { type Db, inTx } from '../platform/db/db.ts'

const filing = new WeakMap<Db, Promise<void>>()

/**
 * Files the search words of new credentials into their index. Inserts only append them to a list beside it (PostgreSQL,
 * "GIN Fast Update Technique"), which searches read from end to end: whoever adds credentials asks for this after the commit
 * and need not wait, as the next batch goes in meanwhile. One runs at a time; asked again while it runs, it does nothing.
 */
export function fileSearchWords(db: Db): Promise<void> {
  const running = filing.get(db)
  if (running !== undefined) return running
  // What fails here is done by an insert that finds the list too long.
  const done = inTx(db, (tx) => sql`SELECT gin_clean_pending_list('credential_search_trigram')`.execute(tx)).then(() => {}, () => {}).finally(() => filing.delete(db))
  filing.set(db, done)
  return done
}
