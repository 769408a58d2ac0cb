import type { FoundSecret } from '@muster/detect'
import type { TargetKind } from './options.ts'

/** The system findings were read from. */
export type SourceFacts = {
  readonly kind: TargetKind | 'stream'
  /** As the target was named. */
  readonly target: string
  /** What it is known by everywhere: a repository's remote without credentials, an image's name, the machine for files. */
  readonly name: string
}

/** Who brought a blob in, as far as history tells. */
export type CommitFacts = { readonly id: string; readonly authorName: string; readonly authorEmail: string; readonly committedAt: string; readonly message: string }

/** `head`: in what is checked out or the default branch; `branch`: in another ref; `history`: removed, or reachable from no ref. */
export type Presence = 'head' | 'branch' | 'history'

/** A finding with its whereabouts, suppressed ones among them: what reports are made of. */
export type SourceFinding = {
  readonly found: FoundSecret
  readonly source: SourceFacts
  /** Path in the repository or image, else the file's absolute path, with `!` before archive entries. */
  readonly path: string
  readonly blob: string | null
  readonly commit: CommitFacts | null
  /** Null outside repositories. */
  readonly presence: Presence | null
}
