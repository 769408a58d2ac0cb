import { z } from 'zod'
import type { RawPath } from '../local/raw-path.ts'
import type { WalkPosition } from '../local/walk.ts'

const byteText = z.string().max(5000)

const cursorSchema = z.object({
  version: z.literal(1),
  /** What tells whether the cursor belongs to this scan: the roots and limits it ran with. */
  scan: z.string().max(64),
  phase: z.enum(['files', 'sockets']),
  /** Index of the root the walk is in. */
  root: z.number().int().nonnegative(),
  directory: byteText.nullable(),
  name: byteText.nullable(),
  files: z.number().int().nonnegative(),
  /** Of the current root. */
  unread: z.array(byteText),
  failed: z.boolean(),
})

/** Where a scan goes on. */
export type HostCursor = Omit<z.infer<typeof cursorSchema>, 'version'>

/** The position as text below the contract's 100,000 characters. */
export function formatCursor(cursor: HostCursor): string {
  return JSON.stringify({ version: 1, ...cursor })
}

/** The position a text holds; null when it is none of this scan's, so that the scan starts over. */
export function parseCursor(text: string | null, scan: string): HostCursor | null {
  if (text === null) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = cursorSchema.safeParse(value)
  return parsed.success && parsed.data.scan === scan ? parsed.data : null
}

/** The walk position of a cursor within its root. */
export function positionOf(cursor: HostCursor): WalkPosition | null {
  return cursor.directory === null ? null : { directory: cursor.directory as RawPath, name: cursor.name }
}
