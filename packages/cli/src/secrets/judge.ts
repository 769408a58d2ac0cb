import { namedSecretDigest, secretDigest } from '@muster/detect'
import type { Placed } from './collect.ts'
import type { KnownValues } from './known-values.ts'
import type { Leak } from './leak.ts'
import { lengthOf } from './redaction.ts'

const TEXT_DECODERS: ReadonlySet<string> = new Set(['base64', 'hex', 'percent', 'escape'])

/** What of everything found is a leak. */
export type Judgement = {
  /** In the order they were found, those that are known too. */
  readonly leaks: readonly Leak[]
  /** How many each filter objected to. */
  readonly suppressed: ReadonlyMap<string, number>
}

export type JudgeSettings = {
  /** The keyed fingerprint of a digest. */
  readonly fingerprintOf: (digest: string) => string
  readonly known: KnownValues
  readonly ignoreAllowComments: boolean
  readonly maxDecodeDepth: number | null
  readonly maxArchiveDepth: number | null
}

/** Turns findings into leaks: references and suppressed ones fall away, the same value at one place in one commit is told once. */
export function judge(placed: readonly Placed[], settings: JudgeSettings): Judgement {
  const suppressed = new Map<string, number>()
  const leaks = new Map<string, Leak>()
  for (const each of placed) {
    const { found } = each
    if (found.reference !== null || tooDeep(found.decoders, settings)) continue
    if (found.suppressedBy !== null && !(settings.ignoreAllowComments && found.suppressedBy.filter === 'allow-comment')) {
      suppressed.set(found.suppressedBy.filter, (suppressed.get(found.suppressedBy.filter) ?? 0) + 1)
      continue
    }
    const leak = leakOf(each, settings)
    const place = `${leak.fingerprint}\0${leak.file}\0${leak.line}\0${leak.column}\0${leak.commit?.id ?? ''}`
    if (!leaks.has(place)) leaks.set(place, leak)
  }
  return { leaks: [...leaks.values()], suppressed }
}

function leakOf({ found, file, commit, gone }: Placed, { fingerprintOf, known }: JudgeSettings): Leak {
  const { ruleId, kind, description, secret, match, line, column, endLine, endColumn, entropyBits, context } = found
  const digest = lengthOf(secret) === 0 ? namedSecretDigest('path', ruleId, file) : secretDigest(secret)
  const leak = { ruleId, kind, description, secret, match, file, line, column, endLine, endColumn, entropyBits, context, commit, gone, fingerprint: fingerprintOf(digest), known: null }
  return { ...leak, known: known.look(leak) }
}

function tooDeep(decoders: readonly string[], { maxDecodeDepth, maxArchiveDepth }: JudgeSettings): boolean {
  const texts = decoders.filter((name) => TEXT_DECODERS.has(name)).length
  return (maxDecodeDepth !== null && texts > maxDecodeDepth) || (maxArchiveDepth !== null && decoders.length - texts > maxArchiveDepth)
}
