import { type ErrorCode, Secret } from '@muster/core/basis'
import { jwtFacts } from './jwt-facts.ts'
import { isPlaceholder, referenceIn } from './reference.ts'
import { utf8Text } from './tree.ts'

/** What a format says about a secret besides its value: `user`, `host`, `keyId`, `issuer`, `notAfter` (RFC 3339) … */
export type SecretFacts = Readonly<Record<string, string>>

/** A secret, or a reference to one, that a file format gives away by its structure. */
export type ExtractedSecret = {
  /** The format that was read, e.g. `docker-config`. */
  readonly format: string
  /** The kind of credential, e.g. `registry-password`. */
  readonly secretType: string
  /** The value as it is used: decoded, unquoted, unescaped. For a reference, the reference as written. */
  readonly value: Secret
  /** Byte range in the file that was read, as written there. */
  readonly start: number
  readonly end: number
  /** Line of `start`, from 1. */
  readonly line: number
  readonly facts: SecretFacts
  /** An indirection or an encrypted value: the place is a consumer of a secret, it holds none. */
  readonly reference: boolean
  /** The value only marks where one belongs (`<password>`, `changeme`). */
  readonly placeholder: boolean
}

/** One thing that could not be read; quotes nothing of the file but its path. */
export type ExtractProblem = { readonly code: ErrorCode; readonly where: string; readonly message: string }

/** Facts as a format finds them: latin-1 texts of the file; nulls are left out. */
export type DraftFacts = Readonly<Record<string, string | null | undefined>>

export type SecretDraft = {
  readonly secretType: string
  /** Latin-1 text of the file, or bytes that were decoded from it. */
  readonly value: string | Uint8Array
  readonly start: number
  readonly end: number
  readonly facts?: DraftFacts
  /** The kind and name of what is pointed at, where the format knows; otherwise the value is looked at. */
  readonly reference?: { readonly kind: string; readonly name: string } | null
  /** Takes the value for what it is: neither placeholder nor reference is looked for. */
  readonly literal?: boolean
  /** One encoded value in the file holds several secrets; each is kept at the same place. */
  readonly shared?: boolean
}

const MAX_FOUND = 10_000
const MAX_PROBLEMS = 100

/** Collects what the formats find in one file: first come, first kept where ranges overlap. */
export class Collector {
  readonly found: ExtractedSecret[] = []
  readonly problems: ExtractProblem[] = []
  readonly #bytes: Uint8Array
  readonly #path: string
  readonly #base: number
  readonly #ranges = new Map<number, number>()
  #lineStarts: number[] | null = null
  #taken: readonly { readonly start: number; readonly end: number }[] = []

  /** `base` is the offset of the text in `bytes` (the length of a byte order mark). */
  constructor(bytes: Uint8Array, path: string, base: number) {
    this.#bytes = bytes
    this.#path = path
    this.#base = base
  }

  get full(): boolean {
    return this.found.length >= MAX_FOUND
  }

  /** Notes a problem of this file. `message` must not quote the file. */
  problem(code: ErrorCode, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ code, where: this.#path.slice(0, 4096), message })
  }

  /** Makes what was added so far count for {@link covers}; called between formats. */
  settle(): void {
    this.#taken = [...this.#ranges].map(([start, end]) => ({ start, end })).sort((a, b) => a.start - b.start)
  }

  /** True when a range that was added before the last {@link settle} covers the offset. */
  covers(start: number): boolean {
    const offset = start + this.#base
    let low = 0
    let high = this.#taken.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#taken[middle]!.start <= offset) low = middle + 1
      else high = middle
    }
    const before = this.#taken[low - 1]
    return before !== undefined && offset < before.end
  }

  /** Keeps a secret unless it is empty, its range was taken already, or the file gave too many. */
  add(format: string, draft: SecretDraft): void {
    const text = typeof draft.value === 'string' ? draft.value : null
    if (draft.value.length === 0 || draft.end < draft.start) return
    const start = draft.start + this.#base
    const end = draft.end + this.#base
    if (this.#ranges.has(start) && draft.shared !== true) return
    if (this.full) {
      if (this.#ranges.size === MAX_FOUND) this.problem('input.limit', `more than ${MAX_FOUND} secrets in one file; the rest is not listed`)
      this.#ranges.set(-1, -1)
      return
    }
    this.#ranges.set(start, end)
    const reference = draft.reference ?? (text === null || draft.literal === true ? null : referenceIn(text))
    const placeholder = reference === null && text !== null && draft.literal !== true && isPlaceholder(text)
    const facts = factsOf({
      ...(text === null || reference !== null ? {} : jwtFacts(text)), ...draft.facts,
      ...(reference === null ? {} : { reference: reference.name, referenceKind: reference.kind }),
    }, reference === null ? text : null)
    const bytes = text === null ? Uint8Array.from(draft.value as Uint8Array) : Buffer.from(text, 'latin1')
    this.found.push({
      format, secretType: draft.secretType, value: new Secret(bytes), start, end, line: this.#lineOf(start), facts,
      reference: reference !== null, placeholder,
    })
  }

  #lineOf(offset: number): number {
    this.#lineStarts ??= lineStartsOf(this.#bytes)
    let low = 0
    let high = this.#lineStarts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#lineStarts[middle]! <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

function lineStartsOf(bytes: Uint8Array): number[] {
  const starts = [0]
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1)
  return starts
}

/** Facts fit to be shown; one that repeats the secret (a name cut wrongly out of a damaged file) is left out. */
function factsOf(draft: DraftFacts, secret: string | null): SecretFacts {
  const facts: Record<string, string> = {}
  for (const [name, text] of Object.entries(draft)) {
    if (text === null || text === undefined || text === '') continue
    if (secret !== null && secret.length >= 8 && text.includes(secret)) continue
    // Control characters of a hostile file reach no terminal and no report.
    // oxlint-disable-next-line no-control-regex
    facts[name] = utf8Text(text.slice(0, 1024)).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 512)
  }
  return facts
}
