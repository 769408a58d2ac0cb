import type { Labels } from '@muster/core'

/** One made-up organisation: sizes, the moment it was made, and what was changed since. */
export type World = {
  readonly rows: number
  readonly machines: number
  /** Milliseconds since the epoch when the fixture started. */
  readonly start: number
  readonly labels: Map<number, Labels>
  readonly machineLabels: Map<number, Labels>
  /** The instant so many milliseconds before the start. */
  ago(milliseconds: number): string
  /** The certificate a machine's TLS endpoint serves. */
  leafOfMachine(machine: number): number
  /** SHA-256 fingerprints of a certificate's chain, leaf first. */
  chainFingerprints(n: number): string[]
}
