import { namedSecretDigest, secretDigest } from '@muster/detect'
import type { Placed } from './collect.ts'
import type { KnownValues } from './known-values.ts'
import type { Leak } from './leak.ts'
import { lengthOf } from './redaction.ts'

const TEXT_DECODERS: ReadonlySet<string> = new Set(['base64', 'hex', 'percent', 'escape'])

/** What of everything found is a leak. */
export type Judgement = {
  /** By file and line, those that are known too. */
  readonly leaks: readonly Leak[]
  /** How many each filter objected to. */
  readonly suppressed: ReadonlyMap<string, number>
}

export type JudgeSettings = {
  /** The keyed fingerprint of a digest, or of the credential it is where the inventory's is wanted. */
  readonly fingerprintOf: (digest: string, credential: string | null) => string
  readonly known: KnownValues
  /** The rules except whole commits. */
  readonly isAllowedCommit: (ruleId: string, commit: string) => boolean
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
    const objection = each.commit !== null && settings.isAllowedCommit(found.ruleId, each.commit.id) ? 'allowlist' : (found.suppressedBy?.filter ?? null)
    if (objection !== null && !(settings.ignoreAllowComments && objection === 'allow-comment')) {
      suppressed.set(objection, (suppressed.get(objection) ?? 0) + 1)
      continue
    }
    const leak = leakOf(each, settings)
    const place = `${leak.fingerprint}\0${leak.file}\0${leak.line}\0${leak.column}\0${leak.commit?.id ?? ''}`
    if (!leaks.has(place)) leaks.set(place, leak)
  }
  return { leaks: [...leaks.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.commit?.date ?? '', b.commit?.date ?? '')), suppressed }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function leakOf({ found, file, commit, gone, credential }: Placed, { fingerprintOf, known }: JudgeSettings): Leak {
  const { ruleId, kind, description, secret, match, line, column, endLine, endColumn, entropyBits, context } = found
  const digest = lengthOf(secret) === 0 ? namedSecretDigest('path', ruleId, file) : secretDigest(secret)
  const leak = { ruleId, kind, description, secret, match, file, line, column, endLine, endColumn, entropyBits, context, commit, gone, credential, fingerprint: fingerprintOf(digest, credential), known: null }
  return { ...leak, known: known.look(leak) }
}

function tooDeep(decoders: readonly string[], { maxDecodeDepth, maxArchiveDepth }: JudgeSettings): boolean {
  const texts = decoders.filter((name) => TEXT_DECODERS.has(name)).length
  return (maxDecodeDepth !== null && texts > maxDecodeDepth) || (maxArchiveDepth !== null && decoders.length - texts > maxArchiveDepth)
}
