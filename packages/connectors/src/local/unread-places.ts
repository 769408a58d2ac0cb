import { parentPath, type RawPath } from './raw-path.ts'

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
