import { createHash } from 'node:crypto'
import { MusterError } from '@muster/core'
import { z } from 'zod'

const MAX_CURSOR_CHARS = 1024
const anyKey = z.array(z.union([z.string(), z.number(), z.null()])).max(8)
const cursorSchema = z.tuple([z.string(), anyKey])

/** The key of the last row of a page: what the next page starts after. */
export type CursorKey = readonly (string | number | null)[]

/** A page cursor that fits only `scope` (list name, filter and order); opaque base64url text. Carries no authority. */
export function encodeCursor(scope: unknown, key: CursorKey): string {
  return Buffer.from(JSON.stringify([scopeTag(scope), key])).toString('base64url')
}

/**
 * The key inside a cursor, null for no cursor. `key` says what the list's keys look like, so that one somebody made up does
 * not get as far as the store.
 *
 * @throws MusterError page.cursor-invalid when it is damaged or belongs to another list, filter or order.
 */
export function decodeCursor(scope: unknown, cursor: string | undefined, key: z.ZodType<CursorKey> = anyKey): CursorKey | null {
  if (cursor === undefined) return null
  const parsed = cursor.length <= MAX_CURSOR_CHARS ? cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8'))) : null
  if (!parsed?.success || parsed.data[0] !== scopeTag(scope) || !key.safeParse(parsed.data[1]).success) {
    throw new MusterError('page.cursor-invalid', 'the cursor does not belong to this list, filter and order; start again without it')
  }
  return parsed.data[1]
}

function scopeTag(scope: unknown): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 12)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
