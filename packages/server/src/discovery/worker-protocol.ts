import type { ScanBatch } from '@muster/core'
import type { ScanKind } from './scan.ts'

/** What a scan that finds secrets needs besides its options: the key of the tenant's fingerprints, where it remembers what need not be read again, the API's token. */
export type SecretsInput = { readonly fingerprintKey: Uint8Array; readonly memoryDirectory: string; readonly token: Uint8Array | null }

/** What a scan's worker is started with. */
export type WorkerInput = {
  readonly kind: ScanKind
  readonly options: Readonly<Record<string, unknown>>
  readonly resumeFrom: string | null
  readonly passphrases: readonly Uint8Array[]
  /** Null for scans of other kinds. */
  readonly secrets: SecretsInput | null
}

export type FromWorker =
  | { readonly type: 'batch'; readonly batch: ScanBatch }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly stack: string }

/** `next` after a batch was applied; `stop` ends the scan at its next step. */
export type ToWorker = 'next' | 'stop'
