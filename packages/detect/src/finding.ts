import type { Secret } from '@muster/core'
import type { FilterName } from './rule.ts'

/** Why a candidate is not reported: which filter objected, and its reason for people, which quotes nothing of the secret. */
export type Suppression = {
  readonly filter: FilterName
  readonly reason: string
  /** Nothing but what the file is called speaks against it: under another path the same bytes may count. */
  readonly byPath?: true
}

/** What the value itself tells, e.g. `{ account: '…' }` of an AWS key id; never the secret. */
export type Facts = Readonly<Record<string, string>>

/** A credential found in bytes, or a candidate that a filter objected to. */
export type DetectFinding = {
  readonly ruleId: string
  readonly kind: string
  /** Byte offsets of the secret; `end` is the byte behind it. Both 0 for a rule about the path alone. */
  readonly start: number
  readonly end: number
  /** Byte offsets of what the pattern matched around the secret. */
  readonly matchStart: number
  readonly matchEnd: number
  /** From 1; the column counts bytes. */
  readonly line: number
  readonly column: number
  readonly secret: Secret
  /** Shannon entropy of the secret, bits per byte. */
  readonly entropyBits: number
  readonly suppressedBy: Suppression | null
  /** Commits in which an allowlist excepts it, lower-case hex. */
  readonly exceptedCommits: readonly string[]
  readonly facts: Facts
}
