import { type FoundSecret, namedSecretDigest, secretDigest } from '@muster/detect/inspect'
import type { Placed } from './collect.ts'
import type { KnownValues } from './known-values.ts'
import type { Leak } from './leak.ts'
import { lengthOf } from './redaction.ts'

const TEXT_DECODERS: ReadonlySet<string> = new Set(['base64', 'hex', 'percent', 'escape'])

export type JudgeSettings = {
  /** The keyed fingerprint of a digest, or of the credential it is where the inventory's is wanted. */
  readonly fingerprintOf: (digest: string, credential: string | null) => string
  readonly known: KnownValues
  readonly now: Date
}

/** What is kept of everything that is found, so that a large scan holds little. */
export type SieveSettings = { readonly ignoreAllowComments: boolean; readonly maxDecodeDepth: number | null; readonly maxArchiveDepth: number | null }

/** Lets through what may be a leak, and counts what filters objected to. */
export class Sieve {
  readonly #settings: SieveSettings
  /** How many each filter objected to. */
  readonly suppressed = new Map<string, number>()

  constructor(settings: SieveSettings) {
    this.#settings = settings
  }

  /** False for references, for what is deeper in encodings or archives than wanted, and for what a filter objected to. */
  lets({ reference, decoders, suppressedBy }: FoundSecret): boolean {
    if (reference !== null || tooDeep(decoders, this.#settings)) return false
    if (suppressedBy === null || (this.#settings.ignoreAllowComments && suppressedBy.filter === 'allow-comment')) return true
    this.suppressed.set(suppressedBy.filter, (this.suppressed.get(suppressedBy.filter) ?? 0) + 1)
    return false
  }
}

/** Leaks by file and line, those that are known too; the same value at one place in one commit is told once. */
export function judge(placed: readonly Placed[], settings: JudgeSettings): readonly Leak[] {
  const leaks = new Map<string, Leak>()
  for (const each of placed) {
    if (each.commit !== null && each.found.exceptedCommits.includes(each.commit.id)) continue
    const leak = leakOf(each, settings)
    const place = `${leak.fingerprint}\0${leak.file}\0${leak.line}\0${leak.column}\0${leak.commit?.id ?? ''}`
    if (!leaks.has(place)) leaks.set(place, leak)
  }
  return [...leaks.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.commit?.date ?? '', b.commit?.date ?? ''))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function leakOf({ found, file, commit, gone, credential, verified }: Placed, { fingerprintOf, known, now }: JudgeSettings): Leak {
  const { ruleId, kind, description, secret, match, line, column, endLine, endColumn, entropyBits, context, layer, facts } = found
  const digest = lengthOf(secret) === 0 ? namedSecretDigest('path', ruleId, file) : secretDigest(secret)
  const leak = { ruleId, kind, description, secret, match, file, line, column, endLine, endColumn, entropyBits, context, commit, gone, layer, credential, verified, facts, fingerprint: fingerprintOf(digest, credential), known: null }
  const said = known.look(leak)
  return { ...leak, known: said?.until !== undefined && new Date(said.until) <= now ? null : said }
}

function tooDeep(decoders: readonly string[], { maxDecodeDepth, maxArchiveDepth }: SieveSettings): boolean {
  const texts = decoders.filter((name) => TEXT_DECODERS.has(name)).length
  return (maxDecodeDepth !== null && texts > maxDecodeDepth) || (maxArchiveDepth !== null && decoders.length - texts > maxArchiveDepth)
}
