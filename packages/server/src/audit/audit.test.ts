import type { AuditRecord } from '@muster/core/api'
import { DEFAULT_TENANT } from '@muster/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTx } from '../platform/db/index.ts'
import { systemActor } from '../platform/actor.ts'
import { testServer, type TestServer } from '../test-support/server.ts'
import { type ChainVerification, verifyChain } from './chain.ts'

describe('the audit log', () => {
  let server: TestServer
  let admin: string
  beforeAll(async () => {
    server = await testServer()
    admin = await server.token('administrator')
  })
  afterAll(() => server.close())

  const append = (objectId: string) => inTx(server.database.db, (tx) => server.audit.append(tx, { actor: systemActor(DEFAULT_TENANT), action: 'thing.changed', objectType: 'thing', objectId }))
  const verify = async () => (await (await server.call('GET', '/api/v1/audit/verification', { token: admin })).json()) as ChainVerification
  const run = (statement: string) => sql.raw(statement).execute(server.database.db)

  it('takes fifty appends at once into one unbroken chain', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(`o${i}`)))
    expect(await verify()).toMatchObject({ intact: true, records: 51, brokenAtSeq: null })
  })

  it('holds a record if and only if the change was committed', async () => {
    const before = await verify()
    await inTx(server.database.db, async (tx) => {
      await server.audit.append(tx, { actor: systemActor(DEFAULT_TENANT), action: 'thing.changed', objectType: 'thing', objectId: 'never' })
      throw new Error('rolled back')
    }).catch(() => undefined)
    expect(await verify()).toEqual(before)
  })

  it('keeps hostile text and stays verifiable', async () => {
    await inTx(server.database.db, (tx) => server.audit.append(tx, {
      actor: { ...systemActor(DEFAULT_TENANT), name: 'nul\0 and \ud800 half' }, action: 'thing.changed', objectType: 'thing', objectId: 'x'.repeat(5000),
      detail: { nul: '\0', half: '\udc00', deep: { list: [1, 2.5, 1e21, -0, null, true] } },
    }))
    expect((await verify()).intact).toBe(true)
  })

  it('keeps what is long in short rather than refuse the change', async () => {
    const note = (detail: Record<string, unknown>) => inTx(server.database.db, (tx) => server.audit.append(tx, { actor: systemActor(DEFAULT_TENANT), action: 'long.changed', objectType: 'thing', objectId: 'long', detail }))
    await note({ reason: 'why', ids: Array.from({ length: 5000 }, (_, i) => i), text: '\u{1f600}'.repeat(20_000) })
    await note(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`member ${i}`, 'x'.repeat(100)])))
    const { items } = (await (await server.call('GET', '/api/v1/audit?action=long.changed', { token: admin })).json()) as { items: AuditRecord[] }
    expect(items.map(({ detail }) => JSON.stringify(detail).length < 16_384)).toEqual([true, true])
    expect(items[1]!.detail).toMatchObject({ reason: 'why', ids: { count: 5000 } })
    expect((await verify()).intact).toBe(true)
  })

  it('pages newest first by filter, every record once', async () => {
    const seen: AuditRecord[] = []
    let path = '/api/v1/audit?action=thing.changed&limit=20'
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await (await server.call('GET', `${path}${cursor === '' ? '' : `&cursor=${cursor}`}`, { token: admin })).json()) as { items: AuditRecord[]; nextCursor: string | null }
      seen.push(...page.items)
      cursor = page.nextCursor
    }
    expect(seen.length).toBe(51)
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map(({ seq }) => seq).toSorted((a, b) => b - a))
    path = '/api/v1/audit?objectId=o7'
    const one = (await (await server.call('GET', path, { token: admin })).json()) as { items: AuditRecord[]; count: { value: number } }
    expect([one.items.length, one.count.value]).toEqual([1, 1])
  })

  it('verifies from its export, without the server', async () => {
    const response = await server.call('GET', '/api/v1/export/audit', { token: admin })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const [seq, hash] = response.headers.get('x-muster-audit-head')!.split(':')
    const records = (await response.text()).trimEnd().split('\n').map((line) => JSON.parse(line) as AuditRecord)
    expect(await verifyChain(records, { seq: Number(seq), hash: hash! })).toMatchObject({ intact: true, records: Number(seq), headHash: hash })
  })

  it('refuses every change in the database itself', async () => {
    for (const statement of [
      "UPDATE audit_records SET actor = 'somebody else'", 'DELETE FROM audit_records WHERE seq = 3', 'TRUNCATE audit_records',
      'DELETE FROM audit_heads', 'TRUNCATE audit_heads', 'UPDATE audit_heads SET seq = 0', "UPDATE audit_heads SET tenant_id = 'x', seq = seq + 1",
    ]) await expect(run(statement), statement).rejects.toThrow(/append-only|only moves/)
  })

  it('shows what somebody changed who owns the database', async () => {
    const tampering = async (change: string, undo: string) => {
      for (const name of ['audit_records', 'audit_heads']) await run(`ALTER TABLE ${name} DISABLE TRIGGER ALL`)
      await run(change)
      const found = await verify()
      await run(undo)
      return found
    }
    const { rows: [row] } = await sql<{ detail: string }>`SELECT detail FROM audit_records WHERE seq = 4`.execute(server.database.db)
    expect((await tampering(`UPDATE audit_records SET actor_id = 'x' WHERE seq = 4`, `UPDATE audit_records SET actor_id = 'system' WHERE seq = 4`)).brokenAtSeq).toBe(4)
    expect((await tampering(`UPDATE audit_records SET detail = 'not json' WHERE seq = 4`, `UPDATE audit_records SET detail = '${row!.detail}' WHERE seq = 4`)).brokenAtSeq).toBe(4)
    expect((await tampering(`UPDATE audit_records SET tenant_id = 'gone' WHERE seq = 5`, `UPDATE audit_records SET tenant_id = 'default' WHERE seq = 5`)).brokenAtSeq).toBe(5)
    expect((await tampering(`UPDATE audit_records SET tenant_id = 'gone' WHERE seq = 52`, `UPDATE audit_records SET tenant_id = 'default' WHERE seq = 52`)).brokenAtSeq).toBe(52)
    expect((await tampering(`UPDATE audit_heads SET tenant_id = 'gone'`, `UPDATE audit_heads SET tenant_id = 'default'`)).intact).toBe(false)
    expect((await verify()).intact).toBe(true)
  })
})
