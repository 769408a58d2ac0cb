import type { Labels } from '@muster/core'
import type { SecretAssessment } from '@muster/core/api'

/** One made-up organisation: sizes, the moment it was made, and what was changed since. */
export type World = {
  readonly rows: number
  readonly machines: number
  /** Milliseconds since the epoch when the fixture started. */
  readonly start: number
  readonly labels: Map<number, Labels>
  /** Sources at a million and their number. */
  readonly machineLabels: Map<number, Labels>
  readonly assessments: Map<number, SecretAssessment>
  /** The instant so many milliseconds before the start. */
  ago(milliseconds: number): string
  /** The certificate a machine's TLS endpoint serves. */
  leafOfMachine(machine: number): number
  /** SHA-256 fingerprints of a certificate's chain, leaf first. */
  chainFingerprints(n: number): string[]
}
