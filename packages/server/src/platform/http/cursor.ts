import { createHash } from 'node:crypto'
import { MusterError } from '@muster/core'
import { z } from 'zod'

const MAX_CURSOR_CHARS = 1024
const cursorSchema = z.tuple([z.string(), z.unknown()])

/** The key of the last row of a page: what the next page starts after. */
export type CursorKey = readonly (string | number | null)[]

/** Keys of lists that are ordered by id alone. */
export const idKey = z.tuple([z.uuid()])

/** A page cursor that fits only `scope` (list name, filter and order); opaque base64url text. Carries no authority. */
export function encodeCursor(scope: unknown, key: CursorKey): string {
  return Buffer.from(JSON.stringify([scopeTag(scope), key])).toString('base64url')
}

/**
 * The key inside a cursor, null for no cursor. `schema` says what the list's keys look like, so that one somebody made up does
 * not get as far as the store.
 *
 * @throws MusterError page.cursor-invalid when it is damaged or belongs to another list, filter or order.
 */
export function decodeCursor<Key extends CursorKey>(scope: unknown, cursor: string | undefined, schema: z.ZodType<Key>): Key | null {
  if (cursor === undefined) return null
  const parsed = cursor.length <= MAX_CURSOR_CHARS ? cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8'))) : null
  const key = parsed?.success && parsed.data[0] === scopeTag(scope) ? schema.safeParse(parsed.data[1]) : null
  if (!key?.success) {
    throw new MusterError('page.cursor-invalid', 'the cursor does not belong to this list, filter and order; start again without it')
  }
  return key.data
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
