import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BinaryRows } from './binary-rows.ts'
import { boolean, bytes, copyRows, copyTables, hex, instant, integer, json, rowsFor, text, texts, uuid } from './copy.ts'
import { inTx, type Tx } from './db.ts'
import { storableText } from './json-parameter.ts'

type Row = { a: string | null; j: unknown; u: string | null; b: Uint8Array | null; h: string | null; i: number | null; o: boolean | null; t: Date | null; l: string[] | null }

const columns = {
  a: text((row: Row) => row.a), j: json((row: Row) => row.j), u: uuid((row: Row) => row.u), b: bytes((row: Row) => row.b), h: hex((row: Row) => row.h),
  i: integer((row: Row) => row.i), o: boolean((row: Row) => row.o), t: instant((row: Row) => row.t), l: texts((row: Row) => row.l),
}
const empty: Row = { a: null, j: null, u: null, b: null, h: null, i: null, o: null, t: null, l: null }

let store: TestDatabase
beforeAll(async () => {
  store = await testDatabase({ maxConnections: 4 })
  await sql`CREATE TABLE kept (n integer GENERATED ALWAYS AS IDENTITY, a text UNIQUE, j json, u uuid, b bytea, h bytea, i integer, o boolean, t timestamptz, l text[])`.execute(store.db)
})
beforeEach(async () => { await sql`TRUNCATE kept`.execute(store.db) })
afterAll(async () => { await store?.close() })

const copy = (rows: Iterable<Row>) => inTx(store.db, (tx) => copyRows(tx, 'kept', columns, rows))
const kept = async () => (await sql<Row & { n: number; h: Uint8Array | null }>`SELECT a, j, u, b, h, i, o, t, l FROM kept ORDER BY n`.execute(store.db)).rows

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\0', '\uD800', 'a', 'é', '😀') }), fc.string({ minLength: 60, maxLength: 200 }))
const anyRow = fc.record({
  a: fc.constant(null), j: fc.option(fc.record({ text: anyText })), u: fc.option(fc.uuid()), b: fc.option(fc.uint8Array()), h: fc.option(fc.uint8Array().map((value) => Buffer.from(value).toString('hex'))),
  i: fc.option(fc.integer()), o: fc.option(fc.boolean()), t: fc.option(fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })), l: fc.option(fc.array(anyText, { maxLength: 4 })),
})

describe('rows copied in', () => {
  it('are the rows that were given, whatever they hold', async () => {
    await fc.assert(fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (rows) => {
      await sql`TRUNCATE kept`.execute(store.db)
      await copy(rows)
      const plain = (bytesOf: Uint8Array | null) => (bytesOf === null ? null : Buffer.from(bytesOf).toString('hex'))
      expect((await kept()).map((row) => ({ ...row, b: plain(row.b), h: plain(row.h as unknown as Uint8Array | null) })))
        .toEqual(rows.map((row) => ({ ...row, b: plain(row.b), j: row.j === null ? null : { text: storableText(row.j.text) }, l: row.l?.map(storableText) ?? null })))
    }), { numRuns: 60 })
  })

  it('have texts of any length, with what PostgreSQL cannot store replaced', async () => {
    const long = 'x'.repeat(70_000)
    await copy([long, 'a\0b\uD800', `${'y'.repeat(63)}\0`, `${'z'.repeat(64)}é\0\uDC00`, ''].map((a) => ({ ...empty, a })))
    expect((await kept()).map((row) => row.a)).toEqual([long, 'a\uFFFDb\uFFFD', `${'y'.repeat(63)}\uFFFD`, `${'z'.repeat(64)}é\uFFFD\uFFFD`, ''])
  })

  it('take instants as text to the millisecond', async () => {
    await inTx(store.db, (tx) => copyRows(tx, 'kept', { t: instant((at: string) => at) }, ['2026-11-01T00:00:00.123Z', '1950-01-01T00:00:00+02:00', '9999-12-31T23:59:59Z']))
    expect((await kept()).map((row) => row.t?.toISOString())).toEqual(['2026-11-01T00:00:00.123Z', '1949-12-31T22:00:00.000Z', '9999-12-31T23:59:59.000Z'])
  })

  it.each([
    ['a UUID', { u: uuid(() => '0123') }], ['a UUID of the right length', { u: uuid(() => 'g'.repeat(36)) }],
    ['digits', { h: hex(() => '0g') }], ['pairs of digits', { h: hex(() => '012') }], ['an instant', { t: instant(() => 'soon') }],
  ])('fail their transaction where a value is not %s', async (_, wrong) => {
    const rows = [...Array.from({ length: 3000 }, (_unused, i) => i), null]
    const some = { a: text((row: number | null) => (row === null ? null : `row ${row}`)), ...Object.fromEntries(Object.entries(wrong).map(([name, write]) => [name, (to: BinaryRows, row: number | null) => (row === null ? write(to, row) : to.integer(null))])) }
    await expect(inTx(store.db, (tx) => copyRows(tx, 'kept', some, rows))).rejects.toThrow(/^not /)
    await copy([empty])
    expect(await kept()).toHaveLength(1)
  })

  it('may be made on the way; none at all is no statement', async () => {
    function* made(count: number) { for (let i = 0; i < count; i++) yield { ...empty, i } }
    await copy(made(0))
    await copy(made(5000))
    expect((await kept()).map((row) => row.i)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  })
})

describe('tables copied together', () => {
  it('get rows of theirs that were made of the rows before', async () => {
    const made: number[] = []
    function* numbers() { for (let i = 0; i < 5000; i++) { made.push(i); yield i } }
    await inTx(store.db, (tx) => copyTables(tx, [
      rowsFor('kept', { i: integer((i: number) => i) }, numbers()), rowsFor('kept', columns, []), rowsFor('kept', { a: text((i: number) => `of ${i}`) }, made),
    ]))
    expect((await kept()).map((row) => row.i ?? row.a)).toEqual([...made, ...made.map((i) => `of ${i}`)])
    expect(made).toHaveLength(5000)
  })

  it.each([['the first', 0], ['a later one', 1]])('are all left empty when a row of %s cannot be made', async (_, at) => {
    function* failing() { for (let i = 0; ; i++) { if (i === 3000) throw new Error('no more'); yield { ...empty, i } } }
    const whole = Array.from({ length: 3000 }, (_, i) => ({ ...empty, i }))
    await expect(inTx(store.db, (tx) => copyTables(tx, [0, 1].map((table) => rowsFor('kept', columns, table === at ? failing() : whole))))).rejects.toThrow('no more')
    expect(await kept()).toEqual([])
  })

  it('stop being made when the server has refused one', async () => {
    await copy([{ ...empty, a: 'row 0' }])
    let made = 0
    function* endless() { for (;;) yield { ...empty, i: made++ } }
    await expect(inTx(store.db, (tx) => copyTables(tx, [rowsFor('kept', columns, [{ ...empty, a: 'row 0' }]), rowsFor('kept', columns, endless())]))).rejects.toMatchObject({ code: '23505' })
    const soFar = made
    await copy([empty])
    expect(made).toBeLessThan(soFar + 2000)
  })
})

describe('a refused row', () => {
  const many = Array.from({ length: 5000 }, (_, i) => ({ ...empty, a: `row ${i}` }))

  it.each([['at the beginning', ['row 0']], ['at the end', ['row 4999']]])('%s fails its transaction, and the connection goes on', async (_, there) => {
    await copy(there.map((a) => ({ ...empty, a })))
    await expect(copy(many)).rejects.toMatchObject({ code: '23505' })
    expect(await kept()).toHaveLength(1)
    await Promise.all(Array.from({ length: 4 }, (_unused, i) => copy([{ ...empty, a: `later ${i}` }])))
    expect(await kept()).toHaveLength(5)
  })

  it('leaves what the savepoint before it holds', async () => {
    await copy([many[4999]!])
    const tx = await store.db.startTransaction().execute()
    await copyRows(tx as unknown as Tx, 'kept', columns, [{ ...empty, a: 'before' }])
    const inner = await tx.savepoint('here').execute()
    await expect(copyRows(inner as unknown as Tx, 'kept', columns, many)).rejects.toMatchObject({ code: '23505' })
    await inner.rollbackToSavepoint('here').execute()
    await tx.commit().execute()
    expect((await kept()).map((row) => row.a)).toEqual(['row 4999', 'before'])
  })
})

it('a session lost before a copy leaves nothing, and the next transaction has another', async () => {
  await expect(inTx(store.db, async (tx) => {
    await copyRows(tx, 'kept', columns, [{ ...empty, a: 'lost' }])
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx)
    await sql`SELECT pg_terminate_backend(${rows[0]!.pid})`.execute(store.db)
    await copyRows(tx, 'kept', columns, Array.from({ length: 5000 }, (_, i) => ({ ...empty, a: `lost ${i}` })))
  })).rejects.toMatchObject({ code: 'store.unavailable' })
  await copy([{ ...empty, a: 'next' }])
  expect((await kept()).map((row) => row.a)).toEqual(['next'])
})

it('statements and copies asked for at once in one transaction take turns', async () => {
  await inTx(store.db, async (tx) => {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      await copyRows(tx, 'kept', columns, [{ ...empty, a: `one ${i}` }])
      await sql`UPDATE kept SET i = ${i} WHERE a = ${`one ${i}`}`.execute(tx)
    }))
  })
  expect((await kept()).map((row) => row.i).sort((a, b) => a! - b!)).toEqual(Array.from({ length: 20 }, (_, i) => i))
})
