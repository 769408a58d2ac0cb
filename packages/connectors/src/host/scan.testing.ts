import {
  manualClock,
  Secret,
  scanBatchSchema,
  type CredentialSighting,
  type Observation,
  type Relation,
  type ScanBatch,
  type ScanProblem,
} from '@muster/core'
import { createHostConnector, type HostConnectorParts } from './connector.ts'
import type { EndpointProber } from './endpoint-prober.ts'
import { hostOptionsSchema } from './options.ts'
import { localSystem, type HostSystem } from '../local/system.ts'

/** Everything a scan yielded. */
export type Roll = {
  readonly batches: readonly ScanBatch[]
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  readonly credentials: readonly CredentialSighting[]
  readonly relations: readonly Relation[]
}

export type RollOptions = {
  readonly options?: Record<string, unknown>
  readonly parts?: Partial<HostConnectorParts>
  readonly resumeFrom?: string | null
  readonly passphrases?: readonly string[]
  readonly signal?: AbortSignal
  /** Ends the scan after this many batches, as a kill would. */
  readonly maxBatches?: number
}

/** A prober for scans that must not connect to anything. */
export const noProber: EndpointProber = {
  open: () => {
    throw new Error('this scan connects to nothing')
  },
}

/** This machine with some of its small files replaced; `null` hides one. */
export function machineWith(files: Readonly<Record<string, string | null>>, changes: Partial<HostSystem> = {}): HostSystem {
  const real = localSystem()
  return { ...real, readText: (path) => (Object.hasOwn(files, path) ? files[path]! : real.readText(path)), ...changes }
}

/** Runs a scan to its end; every batch is checked against the contract's schema. */
export async function takeRoll({
  options = {},
  parts = {},
  resumeFrom = null,
  passphrases = [],
  signal,
  maxBatches = Infinity,
}: RollOptions): Promise<Roll> {
  const connector = createHostConnector({ prober: noProber, ...parts })
  const batches: ScanBatch[] = []
  const context = {
    clock: manualClock('2026-01-01T00:00:00Z'),
    signal: signal ?? new AbortController().signal,
    resumeFrom,
    passphrases: passphrases.map((text) => Secret.fromText(text)),
  }
  for await (const batch of connector.scan(hostOptionsSchema.parse(options), context)) {
    batches.push(scanBatchSchema.parse(batch))
    if (batches.length >= maxBatches) break
  }
  const observations = batches.flatMap((batch) => batch.observations)
  return {
    batches,
    observations,
    problems: batches.flatMap((batch) => batch.problems),
    credentials: observations.flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each] : [])),
    relations: observations.flatMap((each) => (each.observation === 'relation' ? [each] : [])),
  }
}

/** The path coverage of `root`. */
export function coverageOf(
  roll: Roll,
  root: string,
): { readonly complete: boolean; readonly unread: readonly string[]; readonly rights: string } | null {
  for (const each of roll.observations) {
    if (each.observation === 'coverage' && each.scope.kind === 'path' && each.scope.path === root)
      return { complete: each.complete, unread: each.scope.unread, rights: each.rights }
  }
  return null
}
