import { z } from 'zod'
import { parentPath, type RawPath } from './raw-path.ts'
import type { WalkPosition } from './walk.ts'

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

/** Cursors must stay below the contract's 100,000 characters; the places unread take most of them. */
const MAX_UNREAD_CHARACTERS = 60_000

/**
 * The places of a root that were not read, as path prefixes. When they grow too many to carry, the deepest are replaced by their
 * parents: less is then claimed to have been read, never more.
 */
export class UnreadPlaces {
  #places: Set<string>
  #characters = 0

  constructor(places: readonly string[] = []) {
    this.#places = new Set()
    for (const place of places) this.add(place as RawPath)
  }

  add(path: RawPath): void {
    if (this.#places.has(path)) return
    this.#places.add(path)
    this.#characters += weight(path)
    while (this.#characters > MAX_UNREAD_CHARACTERS) this.#coarsen()
  }

  /** The prefixes in byte order. */
  list(): RawPath[] {
    return [...this.#places].sort() as RawPath[]
  }

  #coarsen(): void {
    const deepest = Math.max(...[...this.#places].map(depthOf))
    this.#places = new Set([...this.#places].map((path) => (depthOf(path) === deepest ? parentPath(path as RawPath) : path)))
    this.#characters = [...this.#places].reduce((sum, path) => sum + weight(path), 0)
  }
}

function depthOf(path: string): number {
  return path.split('/').length
}

/** Characters in JSON: a control character takes six. */
function weight(path: string): number {
  return JSON.stringify(path).length + 1
}
