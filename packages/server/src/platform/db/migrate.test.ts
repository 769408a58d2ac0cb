import { manualClock } from '@muster/core'
import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectStore } from './connect.ts'
import type { Migration } from './db.ts'
import { migrate } from './migrate.ts'

const options = { clock: manualClock('2026-03-01T00:00:00Z'), log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} } }
const first: Migration = { id: '0010-things', statements: ['CREATE TABLE thing (id int PRIMARY KEY)', 'INSERT INTO thing VALUES (1)'] }
const second: Migration = { id: '0020-more-things', statements: ['ALTER TABLE thing ADD COLUMN name text'] }

let store: TestDatabase
beforeEach(async () => { store = await testDatabase() })
afterEach(() => store.close())

async function things(): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM thing`.execute(store.db)
  return rows[0]!.count
}

describe('migrate', () => {
  it('runs each migration once, in the order of ids', async () => {
    expect(await migrate(store.db, [second, first], options)).toBe(2)
    expect(await migrate(store.db, [first, second], options)).toBe(0)
    expect(await things()).toBe(1)
    const { rows } = await sql`SELECT id, applied_at FROM muster_migration ORDER BY id`.execute(store.db)
    expect(rows).toEqual([first, second].map(({ id }) => ({ id, applied_at: new Date('2026-03-01T00:00:00Z') })))
  })

  it('leaves nothing of a migration whose last statement fails, and keeps the ones before it', async () => {
    const broken: Migration = { id: '0020-broken', statements: ['INSERT INTO thing VALUES (2)', 'SELECT no_such_function()'] }
    await expect(migrate(store.db, [first, broken], options)).rejects.toThrow(/no_such_function/)
    expect(await things()).toBe(1)
    expect(await migrate(store.db, [first, second], options)).toBe(1)
  })

  it('lets servers that start together take turns', async () => {
    const others = await Promise.all([1, 2, 3].map(() => connectStore(store.connection, { maxConnections: 1 })))
    const ran = await Promise.all(others.map((db) => migrate(db, [first, second], options)))
    expect(ran.reduce((sum, count) => sum + count)).toBe(2)
    expect(await things()).toBe(1)
    await Promise.all(others.map((db) => db.destroy()))
  })

  it('refuses a store made by a newer release', async () => {
    await migrate(store.db, [first, second], options)
    await expect(migrate(store.db, [first], options)).rejects.toMatchObject({ code: 'store.version-unsupported', message: expect.stringContaining('0020-more-things') })
  })

  it('refuses a migration whose statements changed after it ran', async () => {
    await migrate(store.db, [first], options)
    await expect(migrate(store.db, [{ id: first.id, statements: ['SELECT 1'] }], options)).rejects.toMatchObject({ code: 'store.version-unsupported' })
  })

  it('waits for a table that is in use rather than blocking its users', async () => {
    await migrate(store.db, [first], options)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    const warned = new Promise<void>((resolve) => { options.log.warn = resolve as () => void })
    const holder = store.db.transaction().execute(async (tx) => {
      await sql`LOCK TABLE thing IN ACCESS SHARE MODE`.execute(tx)
      await held
    })
    const migrating = migrate(store.db, [first, second], options)
    await warned
    release()
    await holder
    expect(await migrating).toBe(1)
  })

  it('takes two migrations of one id, or a malformed id, for a programming mistake', async () => {
    await expect(migrate(store.db, [first, { ...second, id: first.id }], options)).rejects.toThrow(/two migrations/)
    await expect(migrate(store.db, [{ ...first, id: 'things' }], options)).rejects.toThrow(/not a migration id/)
  })
})
