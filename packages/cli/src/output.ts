import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { MusterError } from '@muster/core'
import type { OptionSpecs } from './command.ts'
import type { Terminal } from './environment.ts'
import { type Column, renderTable } from './terminal/table.ts'

/** Options of every command that prints rows. */
export const rowOptions = {
  json: { type: 'boolean', help: 'one JSON document' },
  ndjson: { type: 'boolean', help: 'one JSON object a line' },
} as const satisfies OptionSpecs

/** `json`, `ndjson` or `table` by the flags. @throws MusterError usage.invalid for both flags. */
export function rowFormat(options: { readonly json: boolean; readonly ndjson: boolean }): 'json' | 'ndjson' | 'table' {
  if (options.json && options.ndjson) throw new MusterError('usage.invalid', 'choose one of --json and --ndjson')
  return options.json ? 'json' : options.ndjson ? 'ndjson' : 'table'
}

/** Prints pages as they come: a table per page for people, one document or one object a line for scripts. */
export async function printRows<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  options: { readonly json: boolean; readonly ndjson: boolean },
  terminal: Terminal,
): Promise<number> {
  const format = rowFormat(options)
  let count = 0
  let begun = false
  for await (const rows of pages) {
    // Not before the first page is there: what failed prints nothing to standard output.
    if (format === 'json' && !begun) await terminal.out('[')
    begun = true
    if (format === 'table') {
      if (rows.length > 0) await terminal.out(renderTable(columns, rows, terminal.columns))
    } else {
      for (const row of rows) {
        await terminal.out(format === 'ndjson' ? `${JSON.stringify(row)}\n` : `${count === 0 ? '' : ','}\n${JSON.stringify(row)}`)
        count++
      }
      continue
    }
    count += rows.length
  }
  if (format === 'json') await terminal.out(`${begun ? '' : '['}${count === 0 ? '' : '\n'}]\n`)
  if (format === 'table' && count === 0) terminal.say('nothing found')
  return count
}

/** Follows cursors until `limit` rows or the end. */
export async function* followPages<Row>(fetchPage: (cursor: string | undefined, size: number) => Promise<{ readonly items: readonly Row[]; readonly nextCursor: string | null }>, limit: number): AsyncGenerator<readonly Row[], void, void> {
  let cursor: string | undefined
  for (let left = limit; left > 0; ) {
    const page = await fetchPage(cursor, Math.min(left, 500))
    yield page.items
    left -= page.items.length
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

/** A whole number option. @throws MusterError usage.invalid */
export function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^\d{1,9}$/.test(text)) throw new MusterError('usage.invalid', `--${name} takes a whole number, not ${JSON.stringify(text)}`)
  return Number(text)
}

/** Writes a file readable by this user only, whoever could read the one that was there. @throws MusterError file.unreadable when it cannot be written. */
export async function writeOutput(path: string, content: AsyncIterable<Uint8Array> | Iterable<string>): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600)
    const { mode } = await file.stat()
    // Devices and pipes stay as they are.
    if ((mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o077) !== 0) await file.chmod(0o600)
    await pipeline(content, file.createWriteStream())
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error
    throw new MusterError('file.unreadable', `cannot write ${path}: ${String(error.code)}`, { path }, { cause: error })
  }
}
