import { MusterError } from '@muster/core'
import { type AuditRecord, auditRecordSchema } from '@muster/core/api'

/** A record is a few kilobytes; a longer line is no audit log. */
const MAX_LINE_BYTES = 256 * 1024

/**
 * The records of an exported log (NDJSON), one line in memory at a time. A line that is no record any more yields one that
 * cannot verify, so the chain is reported broken at its place.
 *
 * @throws MusterError file.unreadable; input.unrecognised when the first line is no audit record; input.limit for a line
 *   over 256 KiB.
 */
export async function* readExport(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<AuditRecord, void, void> {
  let number = 0
  for await (const line of lines(chunks, name)) {
    number += 1
    const record = parse(line)
    if (record === null && number === 1) throw new MusterError('input.unrecognised', `${name} is not an exported audit log: its first line is no audit record`)
    yield record ?? damaged(number)
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string, void, void> {
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of chunks) {
      rest = Buffer.concat([rest, chunk])
      let start = 0
      for (let end = rest.indexOf(0x0a, start); end !== -1; end = rest.indexOf(0x0a, start)) {
        if (end > start) yield rest.toString('utf8', start, end)
        start = end + 1
      }
      rest = rest.subarray(start)
      if (rest.length > MAX_LINE_BYTES) throw new MusterError('input.limit', `${name} has a line over ${MAX_LINE_BYTES / 1024} KiB`)
    }
  } catch (error) {
    if (error instanceof MusterError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new MusterError('file.unreadable', `cannot read ${name}: ${code}`, {}, { cause: error })
  }
  if (rest.length > 0) yield rest.toString('utf8')
}

function parse(line: string): AuditRecord | null {
  try {
    const parsed = auditRecordSchema.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function damaged(seq: number): AuditRecord {
  return { seq, at: '', actorKind: 'system', actorId: '', actor: '', action: '', objectType: '', objectId: '', outcome: 'failure', detail: {}, hash: '' }
}
