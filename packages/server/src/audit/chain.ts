import { createHash } from 'node:crypto'
import type { AuditRecord } from '@muster/core/api'
import { canonicalJson } from './canonical-json.ts'

/** What the first record of a chain follows: 32 zero bytes in hex. */
export const CHAIN_START = '0'.repeat(64)

/** A record before it has its place's hash. */
export type UnchainedRecord = Omit<AuditRecord, 'hash'>

/**
 * The chain value of `record` after the record whose hash is `previous`: SHA-256 over the previous hash's 32 bytes and the
 * canonical JSON of everything in the record but its hash; lower-case hex.
 */
export function chainHash(previous: string, record: UnchainedRecord): string {
  const { seq, at, actorKind, actorId, actor, action, objectType, objectId, outcome, detail } = record
  const body = canonicalJson({ seq, at, actorKind, actorId, actor, action, objectType, objectId, outcome, detail })
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(body, 'utf8').digest('hex')
}

/** What a verification found; `headHash` is the last intact record's, the value to write down somewhere else. */
export type ChainVerification = {
  readonly intact: boolean
  readonly records: number
  readonly brokenAtSeq: number | null
  readonly headHash: string | null
}

/** The place the chain must end at: the store's own head row, or one that was written down earlier. */
export type ChainHead = { readonly seq: number; readonly hash: string }

/**
 * Follows the chain from its first record. Broken is a record whose hash does not follow, a gap or repetition in the
 * sequence, a record unlike `head` at head's place, and a chain that ends before `head`. Memory stays flat however long
 * the chain is. A chain rewritten as a whole is only noticed against a `head` that was kept elsewhere.
 */
export async function verifyChain(
  records: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
  head: ChainHead | null = null,
): Promise<ChainVerification> {
  let previous = CHAIN_START
  let count = 0
  const result = (brokenAtSeq: number | null): ChainVerification => ({
    intact: brokenAtSeq === null,
    records: count,
    brokenAtSeq,
    headHash: count === 0 ? null : previous,
  })
  for await (const record of records) {
    const expectedSeq = count + 1
    if (record.seq !== expectedSeq || !follows(previous, record)) return result(expectedSeq)
    if (head?.seq === record.seq && head.hash !== record.hash) return result(record.seq)
    previous = record.hash
    count += 1
  }
  return result(head !== null && head.seq > count ? count + 1 : null)
}

function follows(previous: string, record: AuditRecord): boolean {
  try {
    return chainHash(previous, record) === record.hash
  } catch {
    return false
  }
}
