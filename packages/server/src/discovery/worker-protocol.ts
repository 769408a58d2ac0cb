import type { ScanBatch } from '@muster/core'
import type { ScanKind } from './scan.ts'

/** What a scan's worker is started with. */
export type WorkerInput = {
  readonly kind: ScanKind
  readonly options: Readonly<Record<string, unknown>>
  readonly resumeFrom: string | null
  readonly passphrases: readonly Uint8Array[]
  /** The key of the tenant's fingerprints of secrets; empty for scans that need none. */
  readonly fingerprintKey: Uint8Array
}

export type FromWorker =
  | { readonly type: 'batch'; readonly batch: ScanBatch }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly stack: string }

/** `next` after a batch was applied; `stop` ends the scan at its next step. */
export type ToWorker = 'next' | 'stop'
