import type { AuditRecord } from '@muster/core/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAIN_START, chainHash, verifyChain } from './chain.ts'

function chainOf(length: number): AuditRecord[] {
  const records: AuditRecord[] = []
  for (let seq = 1; seq <= length; seq++) {
    const record = {
      seq, at: new Date(1_700_000_000_000 + seq).toISOString(), actorKind: 'account' as const, actorId: 'a1', actor: 'ann@example.com',
      action: 'account.changed', objectType: 'account', objectId: `o${seq}`, outcome: 'success' as const, detail: { role: 'viewer', n: seq },
    }
    records.push({ ...record, hash: chainHash(records.at(-1)?.hash ?? CHAIN_START, record) })
  }
  return records
}

describe('the audit chain', () => {
  it('verifies from the first record to the head', async () => {
    const records = chainOf(5)
    expect(await verifyChain(records)).toEqual({ intact: true, records: 5, brokenAtSeq: null, headHash: records[4]!.hash })
  })

  it('is intact and without a head when nothing was written', async () => {
    expect(await verifyChain([])).toEqual({ intact: true, records: 0, brokenAtSeq: null, headHash: null })
  })

  it('verifies after a journey through JSON', async () => {
    const lines = chainOf(4).map((record) => JSON.stringify(record))
    expect((await verifyChain(lines.map((line) => JSON.parse(line) as AuditRecord))).intact).toBe(true)
  })

  it('names the record of any single change, whatever was changed', async () => {
    const fields = ['at', 'actorKind', 'actorId', 'actor', 'action', 'objectType', 'objectId', 'outcome', 'hash'] as const
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.constantFrom(...fields, 'detail' as const), async (seq, field) => {
        const records = chainOf(6)
        const original = records[seq - 1]!
        const changed = field === 'detail' ? { ...original, detail: { ...original.detail, role: 'administrator' } } : { ...original, [field]: `${original[field]}x` }
        records[seq - 1] = changed as AuditRecord
        const found = await verifyChain(records)
        expect(found).toMatchObject({ intact: false, brokenAtSeq: seq, records: seq - 1 })
      }),
    )
  })

  it('notices a record taken out, doubled or moved', async () => {
    const [a, b, c] = chainOf(3) as [AuditRecord, AuditRecord, AuditRecord]
    expect((await verifyChain([a, c])).brokenAtSeq).toBe(2)
    expect((await verifyChain([b, c])).brokenAtSeq).toBe(1)
    expect((await verifyChain([a, a, b])).brokenAtSeq).toBe(2)
    expect((await verifyChain([a, c, b])).brokenAtSeq).toBe(2)
  })

  it('notices a missing end only against a head', async () => {
    const records = chainOf(4)
    const head = { seq: 4, hash: records[3]!.hash }
    expect((await verifyChain(records.slice(0, 3))).intact).toBe(true)
    expect(await verifyChain(records.slice(0, 3), head)).toMatchObject({ intact: false, brokenAtSeq: 4 })
    expect((await verifyChain(records, head)).intact).toBe(true)
  })

  it('notices a chain rewritten as a whole against an earlier head', async () => {
    const earlier = chainOf(2)
    const rewritten = chainOf(3).map((record) => ({ ...record, actor: 'bob@example.com' }))
    let previous = CHAIN_START
    const rehashed = rewritten.map((record) => ({ ...record, hash: (previous = chainHash(previous, record)) }))
    expect((await verifyChain(rehashed)).intact).toBe(true)
    expect(await verifyChain(rehashed, { seq: 2, hash: earlier[1]!.hash })).toMatchObject({ intact: false, brokenAtSeq: 2 })
  })
})
