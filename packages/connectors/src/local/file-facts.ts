import type { Stats } from 'node:fs'
import type { FileFacts } from '@muster/core'
import type { AccountBook } from './accounts.ts'

/** Instants ISO 8601 can write with four digits of year; file systems can hold others. */
const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z')
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z')

/** What `stat` says of a file, in the inventory's terms. */
export function fileFacts(stats: Pick<Stats, 'mode' | 'uid' | 'gid' | 'size' | 'mtimeMs'>, book: AccountBook): FileFacts {
  const modified = Math.min(Math.max(stats.mtimeMs, FIRST_INSTANT), LAST_INSTANT)
  return {
    mode: stats.mode & 0o7777,
    ownerUid: stats.uid,
    ownerName: book.userName(stats.uid),
    groupName: book.groupName(stats.gid),
    sizeBytes: stats.size,
    modifiedAt: new Date(modified).toISOString(),
  }
}
