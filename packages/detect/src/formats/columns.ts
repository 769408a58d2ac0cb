import type { Collector } from './found.ts'
import { plausibleSecret, secretKindOfName } from './names.ts'
import { safeFact } from './settings.ts'

/** One field of a row, with its byte range. */
export type Cell = { readonly text: string; readonly start: number; readonly end: number }

/** The columns of a table by their names: which promise secrets, and which say whose they are. */
export class Columns {
  readonly #names: readonly string[]
  readonly #kinds: readonly (string | null)[]
  readonly #user: number
  readonly #host: number

  constructor(names: readonly string[]) {
    this.#names = names
    this.#kinds = names.map(secretKindOfName)
    this.#user = names.findIndex((name) => /^(?:user(?:[_ ]?name)?|login(?:[_ ]?(?:name|user(?:name)?))?|account|e-?mail)$/i.test(name))
    this.#host = names.findIndex((name) => /^(?:host(?:name)?|server|url|(?:login_)?uri|(?:web[_ ]?)?site|address|domain)$/i.test(name))
  }

  /** True when no column promises a secret. */
  get isIdle(): boolean {
    return this.#kinds.every((kind) => kind === null)
  }

  /** Adds the secrets of one row; returns how many. */
  add(into: Collector, format: string, cells: readonly Cell[]): number {
    let count = 0
    for (const [index, kind] of this.#kinds.entries()) {
      const cell = cells[index]
      if (kind === null || cell === undefined || !isSecret(cell.text, kind)) continue
      into.add(format, { secretType: kind, value: cell.text, start: cell.start, end: cell.end, facts: { name: this.#names[index]!, user: cells[this.#user]?.text, host: safeFact(cells[this.#host]?.text ?? null) } })
      count++
    }
    return count
  }
}

/** Columns called token hold words as often as keys: those must look drawn. Digests of passwords are none. */
function isSecret(text: string, kind: string): boolean {
  if (!plausibleSecret(text, kind) || text.length > 8192) return false
  if (kind === 'password' || kind === 'passphrase') return !/^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}|\*[0-9A-F]{40})$/i.test(text)
  return text.length >= 12 && /\d/.test(text) && !/\s/.test(text)
}
