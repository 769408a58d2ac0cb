import type { Secret, SecretState } from '@muster/core'

/** The commit that brought a value in. `date` is RFC 3339, UTC. */
export type CommitFacts = { readonly id: string; readonly author: string; readonly email: string; readonly date: string; readonly message: string }

/** What a baseline or an ignore file says of a value. */
export type Known = { readonly state: SecretState; readonly reason: string; readonly by: 'baseline' | 'ignore-file'; /** RFC 3339; past it nothing is said any more. */ readonly until?: string | undefined }

/** A secret at one place, as every report of the command line shows it. */
export type Leak = {
  readonly ruleId: string
  /** What the value is, e.g. `aws-secret-access-key`. */
  readonly kind: string
  readonly description: string
  readonly secret: Secret
  /** What the pattern matched around the secret. */
  readonly match: Secret
  /** As reports name the file: relative to the repository, or as the target was given; `!` leads into archives. */
  readonly file: string
  /** Of the secret, from 1; columns count bytes; `end` is its last byte. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** Bits per byte. */
  readonly entropyBits: number
  /** The line with every value blotted out. */
  readonly context: string
  readonly commit: CommitFacts | null
  /** Keyed, lower-case hex: the same value has the same one within a run. */
  readonly fingerprint: string
  /** Null for one nobody has said anything of. */
  readonly known: Known | null
  /** In a repository's history alone, or in a layer of an image below one that removes or replaces the file. */
  readonly gone: boolean
  /** The image's layer by its digest, or its path where the archive states none; null outside images. */
  readonly layer: string | null
  /** Fingerprint of the credential it is in the inventory; null where there is none. */
  readonly credential: string | null
  /** What its provider said, where it was asked: `live` or `dead`. */
  readonly verified: string | null
  /** What value, format and neighbours tell of whose it is: account, issuer, host, user, the id of the pair …; never the value. */
  readonly facts: Readonly<Record<string, string>>
}
