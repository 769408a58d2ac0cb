import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSqlite, sqliteTables } from './sqlite.ts'

function databaseOf(statements: readonly string[], pageSize = 4096): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'sqlite-'))
  try {
    const path = join(directory, 'a.db')
    const database = new DatabaseSync(path)
    for (const statement of [`PRAGMA page_size = ${pageSize}`, ...statements]) database.exec(statement)
    database.close()
    return readFileSync(path)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const textsOf = (bytes: Uint8Array) => [...sqliteTables(bytes)].map(({ name, bytes: text }) => [name, Buffer.from(text).toString('utf8')])

describe('a database of SQLite', () => {
  it('is read table by table, each text with the name of its column or the name before it', () => {
    const bytes = databaseOf(['CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT)', "INSERT INTO kv VALUES ('API_TOKEN', 'x1'), ('café', 'y')", 'CREATE TABLE users (id INTEGER, name TEXT, password TEXT)', "INSERT INTO users VALUES (7, 'ann', 'pw-1')"])
    expect(isSqlite(bytes)).toBe(true)
    expect(textsOf(bytes)).toEqual([['kv', 'k = "API_TOKEN"\nAPI_TOKEN = "x1"\n\nk = "café"\nv = "y"\n\n'], ['users', 'name = "ann"\npassword = "pw-1"\n\n']])
  })

  it.each([512, 1024, 65_536])('is read through inner pages and overflow, with pages of %i bytes', (pageSize) => {
    const rows = Array.from({ length: 400 }, (_, index) => `r${index}-${'x'.repeat(index * 7)}`)
    const bytes = databaseOf(['CREATE TABLE t (v TEXT)', `INSERT INTO t VALUES ${rows.map((row) => `('${row}')`).join(', ')}`], pageSize)
    const [[, text]] = textsOf(bytes) as [[string, string]]
    expect([...text.matchAll(/"([^"]*)"/g)].map((match) => match[1])).toEqual(rows)
  })

  it('ends, whatever was damaged', () => {
    const bytes = databaseOf(['CREATE TABLE t (a TEXT, b BLOB)', `INSERT INTO t VALUES ('${'x'.repeat(3000)}', x'00ff'), ('y', NULL)`], 1024)
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 }), fc.nat(bytes.length), (changes, end) => {
      const damaged = Buffer.from(bytes.subarray(0, end))
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
      if (isSqlite(damaged)) for (const { bytes: text } of sqliteTables(damaged)) expect(text.length).toBeLessThan(10 * bytes.length)
    }))
  })
})
