import { z } from 'zod'
import { openPairsSchema } from './noted-pairs.ts'

const cursorSchema = z.object({
  version: z.literal(1),
  /** What tells whether the cursor belongs to this scan: its targets, rules and limits. */
  scan: z.string().max(64),
  /** Index of the target the scan is in. */
  target: z.number().int().nonnegative(),
  /** Where in the target, as its kind writes it; null for its beginning. */
  position: z.string().max(99_000).nullable(),
  /** Halves of pairs in the target before it. */
  halves: openPairsSchema.default(null),
  /** Files or blobs before it, in all targets. */
  done: z.number().int().nonnegative(),
})

/** Where a scan goes on. */
export type SecretsCursor = Omit<z.infer<typeof cursorSchema>, 'version'>

export function formatCursor(cursor: SecretsCursor): string {
  return JSON.stringify({ version: 1, ...cursor })
}

/** The position a text holds; null when it is none of this scan's, so that the scan starts over. */
export function parseCursor(text: string | null, scan: string): SecretsCursor | null {
  const parsed = cursorSchema.safeParse(parseJson(text ?? ''))
  return parsed.success && parsed.data.scan === scan ? parsed.data : null
}

/** The value of a JSON text; undefined for a text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
