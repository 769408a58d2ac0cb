import type { MachineIdentifierType, ScanProgress } from '@muster/core'
import type { scanKinds, ScanState } from '@muster/core/api'

export type ScanKind = (typeof scanKinds)[number]

/** An installed machine's identifiers as the inventory takes them. */
export type LocalIdentifier = { readonly type: MachineIdentifierType; readonly value: string }

/** A scan as its own slice sees it. */
export type Scan = {
  readonly id: string
  readonly kind: ScanKind
  readonly origin: 'server' | 'import'
  readonly state: ScanState
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  readonly withPassphrases: boolean
  readonly progress: ScanProgress | null
  readonly cursor: string | null
  /** Number the next batch must carry; also how many were applied. */
  readonly nextSequence: number
  readonly localIdentifiers: readonly LocalIdentifier[]
  readonly requestedBy: string
  readonly scheduleId: string | null
  readonly message: string | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  readonly counts: { readonly sightings: number; readonly credentialsNew: number; readonly locationsNew: number; readonly locationsGone: number; readonly problems: number }
}

/** What may follow what: a scan that has ended stays as it ended. */
export const scanTransitions = {
  queued: ['running', 'cancelled', 'failed', 'incomplete'],
  running: ['complete', 'incomplete', 'cancelled', 'failed'],
  complete: [],
  incomplete: [],
  cancelled: [],
  failed: [],
} as const satisfies Record<ScanState, readonly ScanState[]>

/** Whether the scan may still change. */
export function isUnfinished(state: ScanState): state is 'queued' | 'running' {
  return scanTransitions[state].length > 0
}
