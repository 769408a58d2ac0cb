import { createContext, Script } from 'node:vm'

/** For one path and all rules; a rule about paths takes microseconds. */
const MAX_PATH_MS = 1000
const MAX_KNOWN_PATHS = 200_000
const matching = new Script('patterns.findIndex((pattern) => pattern.test(path)) >= 0')

/** Rules about paths that somebody gave: they may take as long as they like, so a path they do not come back from ends their use. */
export class PathRules {
  readonly #patterns: readonly RegExp[]
  readonly #known = new Map<string, boolean>()
  readonly #maxMs: number
  /** What they took too long on; null as long as they did not. */
  tooSlowOn: string | null = null

  constructor(patterns: readonly RegExp[], maxMs = MAX_PATH_MS) {
    this.#patterns = patterns
    this.#maxMs = maxMs
  }

  /** Whether one of them is about the path; false once they took too long. */
  name(path: string): boolean {
    if (this.#patterns.length === 0 || this.tooSlowOn !== null) return false
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const isNamed = this.#tried(path)
    if (this.#known.size < MAX_KNOWN_PATHS) this.#known.set(path, isNamed)
    return isNamed
  }

  #tried(path: string): boolean {
    try {
      return matching.runInContext(createContext({ patterns: this.#patterns, path }), { timeout: this.#maxMs }) === true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      this.tooSlowOn = path
      return false
    }
  }
}
