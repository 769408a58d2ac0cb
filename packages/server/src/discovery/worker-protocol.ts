import type { VerificationOptions } from '@muster/connectors'
import type { ScanBatch } from '@muster/core'
import type { SignInMethod } from '@muster/core/api'
import type { ScanKind } from './scan.ts'

/** What a scan that finds secrets needs besides its options: the key of the tenant's fingerprints, where it remembers what need not be read again, the API's credential and what it is, and who may be asked whose a secret is. */
export type SecretsInput = { readonly fingerprintKey: Uint8Array; readonly memoryDirectory: string; readonly token: Uint8Array | null; readonly signsInWith: SignInMethod; readonly verification: VerificationOptions }

/** What a scan's worker is started with. */
export type WorkerInput = {
  readonly kind: ScanKind
  readonly options: Readonly<Record<string, unknown>>
  readonly resumeFrom: string | null
  readonly passphrases: readonly Uint8Array[]
  /** Null for scans of other kinds. */
  readonly secrets: SecretsInput | null
}

/** What is known here of a token somebody wrote down, asked for by its digest (SHA-256, lower-case hex). */
export type OwnToken = { readonly state: 'live' | 'dead'; readonly facts: Readonly<Record<string, string>> }

export type FromWorker =
  | { readonly type: 'ask-token'; readonly id: number; readonly digest: string }
  | { readonly type: 'batch'; readonly batch: ScanBatch }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly stack: string }

/** `next` after a batch was applied; `stop` ends the scan at its next step; a number answers the question of that id. */
export type ToWorker = 'next' | 'stop' | { readonly id: number; readonly token: OwnToken | null }
