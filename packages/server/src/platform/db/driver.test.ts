import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inTx, type Queryable } from './db.ts'

let store: TestDatabase
beforeEach(async () => {
  store = await testDatabase({ maxConnections: 4 })
  await sql`CREATE TABLE thing (id int PRIMARY KEY, name text)`.execute(store.db)
})
afterEach(() => store.close())

const pid = async (on: Queryable) => (await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(on)).rows[0]!.pid
const count = async () => (await sql<{ count: number }>`SELECT count(*)::int AS count FROM thing`.execute(store.db)).rows[0]!.count
const add = (on: Queryable, id: number) => sql`INSERT INTO thing VALUES (${id}, 'x')`.execute(on)

describe('statements', () => {
  it('tell how many rows they changed', async () => {
    const tables = store.db.withTables<{ thing: { id: number; name: string } }>()
    const inserted = await tables.insertInto('thing').values([{ id: 1, name: 'a' }, { id: 2, name: 'b' }]).executeTakeFirst()
    expect(inserted.numInsertedOrUpdatedRows).toBe(2n)
    expect((await tables.deleteFrom('thing').where('id', '=', 1).executeTakeFirst()).numDeletedRows).toBe(1n)
  })

  it('stream in chunks, and may be left early', async () => {
    await sql`INSERT INTO thing SELECT generate_series(1, 25), 'x'`.execute(store.db)
    const tables = store.db.withTables<{ thing: { id: number; name: string } }>()
    const ids: number[] = []
    for await (const row of tables.selectFrom('thing').select('id').orderBy('id').stream(10)) ids.push(row.id)
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
    for await (const _ of tables.selectFrom('thing').select('id').stream(10)) break
    expect(await count()).toBe(25)
  })

  it('run beside each other on fewer connections than there are statements', async () => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => sql<{ n: number }>`SELECT ${i}::int AS n`.execute(store.db)))
    expect(results.map(({ rows }) => rows[0]!.n)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })
})

describe('a transaction', () => {
  it('keeps to one session and leaves nothing when it throws', async () => {
    await expect(inTx(store.db, async (tx) => {
      expect(await pid(tx)).toBe(await pid(tx))
      await add(tx, 1)
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await count()).toBe(0)
  })

  it('takes its turn when there are more than connections', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, id) => inTx(store.db, (tx) => add(tx, id))))
    expect(await count()).toBe(20)
  })

  it('runs at the isolation it asks for', async () => {
    await store.db.transaction().setIsolationLevel('serializable').setAccessMode('read only').execute(async (tx) => {
      const { rows } = await sql`SELECT current_setting('transaction_isolation') AS isolation, current_setting('transaction_read_only') AS read_only`.execute(tx)
      expect(rows).toEqual([{ isolation: 'serializable', read_only: 'on' }])
    })
  })

  it('rolls back to savepoints', async () => {
    const tx = await store.db.startTransaction().execute()
    await add(tx, 1)
    const inner = await tx.savepoint('before').execute()
    await add(inner, 2)
    await inner.rollbackToSavepoint('before').execute()
    await tx.commit().execute()
    expect(await count()).toBe(1)
  })

  it('whose session is lost does not go on in another: nothing of it remains', async () => {
    await expect(inTx(store.db, async (tx) => {
      await add(tx, 1)
      await sql`SELECT pg_terminate_backend(${await pid(tx)})`.execute(store.db)
      // The server's word of the end arrives on its own; the session is gone once nobody lists it.
      const left = async () => (await sql<{ count: number }>`SELECT count(*)::int AS count FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()`.execute(store.db)).rows[0]!.count
      await expect.poll(left).toBe(0)
      await add(tx, 2)
    })).rejects.toMatchObject({ code: 'store.unavailable' })
    expect(await count()).toBe(0)
    await inTx(store.db, (tx) => add(tx, 3))
    expect(await count()).toBe(1)
  })

  it('that lost its session even before its first statement of its own leaves the next one intact', async () => {
    for (let round = 0; round < 6; round++) {
      await inTx(store.db, async (tx) => {
        await sql`SELECT pg_terminate_backend(${await pid(tx)})`.execute(store.db)
        await add(tx, round)
      }).catch(() => {})
    }
    expect(await count()).toBe(0)
    await Promise.all(Array.from({ length: 8 }, (_, id) => inTx(store.db, (tx) => add(tx, id))))
    expect(await count()).toBe(8)
  })

  it('is over for the next one even when its rollback was refused', async () => {
    await expect(inTx(store.db, async (tx) => {
      await add(tx, 1)
      await sql`SELECT 1/0`.execute(tx)
    })).rejects.toMatchObject({ code: '22012' })
    await inTx(store.db, (tx) => add(tx, 2))
    expect(await count()).toBe(1)
  })
})
