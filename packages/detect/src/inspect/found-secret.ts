import type { ErrorCode, PathClass, Secret } from '@muster/core'
import type { Facts, Suppression } from '../finding.ts'

/** What a value that is no secret points at: the place is a consumer of a secret kept elsewhere. */
export type SecretReference = {
  /** `ci-secret`, `vault`, `kubernetes-secret`, `external-secret`, `oidc`, `variable`, `encrypted` … */
  readonly kind: string
  readonly name: string
}

/** A credential, or a reference to one, at one place of a file, whoever told it. */
export type FoundSecret = {
  /** The rule or the format that told most about it. */
  readonly ruleId: string
  /** What the value is, e.g. `aws-secret-access-key`. */
  readonly kind: string
  /** For people. */
  readonly description: string
  /** The value as it is used; for a reference, the reference as written; empty for a rule about the path alone. */
  readonly secret: Secret
  /** The file's path, with `!` and the name for each archive entry on the way. */
  readonly path: string
  /** Of the secret as written, from 1, columns in bytes; `end` is its last byte. For a decoded value, those of its encoded form. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** What the pattern matched around the secret. */
  readonly match: Secret
  /** Shannon entropy of the value, bits per byte. */
  readonly entropyBits: number
  /** What value, format and neighbours tell: `user`, `host`, `keyId`, `issuer`, `notAfter` … */
  readonly facts: Facts
  /** How the bytes came out of the file, outermost first; empty for plain text. */
  readonly decoders: readonly string[]
  /** The line, at most {@link MAX_CONTEXT} characters of it, with every found value blotted out; empty where the bytes are no text. */
  readonly context: string
  readonly pathClass: PathClass
  readonly suppressedBy: Suppression | null
  /** Commits in which an allowlist excepts it, lower-case hex. */
  readonly exceptedCommits: readonly string[]
  readonly reference: SecretReference | null
  /** Digest of the image layer that holds the file, and of the one above that removes or replaces it. */
  readonly layer: string | null
  readonly hiddenBy: string | null
}

/** Longest context, in UTF-16 units. */
export const MAX_CONTEXT = 400

/** One thing about a file that was not looked at; quotes nothing of it but entry names. */
export type InspectProblem = { readonly code: ErrorCode; readonly where: string; readonly message: string }

/** Everything found in one file, in its order, and what of it was not looked at. */
export type Inspection = { readonly found: readonly FoundSecret[]; readonly problems: readonly InspectProblem[] }
