import { BinaryRows } from './binary-rows.ts'
import type { Tx } from './db.ts'
import { copyIn } from './driver.ts'

/** Writes one column of a row. */
export type CopyColumn<Row> = (to: BinaryRows, row: Row) => void

/** What is read of each row into a column of that type. */
type Of<Row, Value> = (row: Row) => Value | null

/** A `text` column. */
export const text = <Row>(of: Of<Row, string>): CopyColumn<Row> => (to, row) => { to.text(of(row)) }
/** A `json` column, of a value that is turned into JSON here. */
export const json = <Row>(of: Of<Row, unknown>): CopyColumn<Row> => (to, row) => { to.json(of(row)) }
/** A `uuid` column. */
export const uuid = <Row>(of: Of<Row, string>): CopyColumn<Row> => (to, row) => { to.uuid(of(row)) }
/** A `bytea` column. */
export const bytes = <Row>(of: Of<Row, Uint8Array>): CopyColumn<Row> => (to, row) => { to.bytes(of(row)) }
/** A `bytea` column, from hexadecimal digits. */
export const hex = <Row>(of: Of<Row, string>): CopyColumn<Row> => (to, row) => { to.hex(of(row)) }
/** An `integer` column. */
export const integer = <Row>(of: Of<Row, number>): CopyColumn<Row> => (to, row) => { to.integer(of(row)) }
/** A `boolean` column. */
export const boolean = <Row>(of: Of<Row, boolean>): CopyColumn<Row> => (to, row) => { to.boolean(of(row)) }
/** A `timestamptz` column, from a `Date` or an RFC 3339 instant, to the millisecond. */
export const instant = <Row>(of: Of<Row, Date | string>): CopyColumn<Row> => (to, row) => { to.instant(of(row)) }
/** A `text[]` column. */
export const texts = <Row>(of: Of<Row, readonly string[]>): CopyColumn<Row> => (to, row) => { to.texts(of(row)) }

/**
 * Inserts rows by COPY, which costs the server a third of what the same rows cost it as JSON in a statement: for tables
 * that take many new rows at once. There is no `ON CONFLICT`; a row that is there already, or that cannot be read or
 * written, fails the transaction. Rows are read one by one while the server stores those before.
 */
export async function copyRows<Row>(tx: Tx, table: string, columns: Readonly<Record<string, CopyColumn<Row>>>, rows: Iterable<Row>): Promise<void> {
  const iterator = rows[Symbol.iterator]()
  const first = iterator.next()
  if (first.done === true) return
  const names = Object.keys(columns).map((name) => `"${name}"`).join(', ')
  const statement = `COPY "${table}" (${names}) FROM STDIN (FORMAT binary)`
  await tx.getExecutor().provideConnection((connection) => copyIn(connection, statement, blocks(Object.values(columns), first.value, iterator)))
}

function* blocks<Row>(writers: readonly CopyColumn<Row>[], first: Row, rest: Iterator<Row>): Generator<Uint8Array, void, void> {
  const data = new BinaryRows(writers.length)
  for (let row: IteratorResult<Row> = { value: first, done: false }; row.done !== true; row = rest.next()) {
    data.begin()
    for (const write of writers) write(data, row.value)
    if (data.isFull) yield data.take()
  }
  data.end()
  yield data.take()
}
