import type { Kysely, Transaction } from 'kysely'

/** No tables: a slice narrows it with `db.withTables<ItsTables>()`, so only a slice's own store knows its tables. */
type NoTables = Record<never, never>

/** The pool. Hand it to {@link inTx}, or read with it where one statement is all. */
export type Db = Kysely<NoTables>

/** A transaction. Inside one, nothing else talks to the store. */
export type Tx = Transaction<NoTables>

/** Either; for reads that may run inside or outside a transaction. */
export type Queryable = Db | Tx

/**
 * Runs `work` in one READ COMMITTED transaction and commits when it resolves. Nothing slow (network, files, hashing of
 * passwords) belongs between begin and commit.
 */
export function inTx<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(work)
}

/** One forward-only step of the schema. Ids sort in the order of execution: `0010-inventory-credentials`. */
export type Migration = {
  readonly id: string
  /** Statements run in order in one transaction. They must leave the previous release's code working. */
  readonly statements: readonly string[]
}
