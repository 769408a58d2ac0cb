import type { Observation, ScanProblem } from '@muster/core'

/** A listening socket to probe. */
export type ProbeTarget = {
  /** What the endpoint is called in the observations: the address as bound, `0.0.0.0` for all. */
  readonly host: string
  /** Where to connect. */
  readonly address: string
  readonly port: number
  /** Scan-local name of the machine the observations belong to. */
  readonly machine: string
}

/** What an endpoint speaks, as observations: one endpoint sighting a binding, and its credentials. */
export type ProbeOutcome = {
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  /** False when time ran out or the connection broke, so that nothing follows about what is served there. */
  readonly answered: boolean
}

/**
 * Finds out what the listening sockets of this machine speak. `probe` never throws for what the other side does, ends in bounded
 * time, and rejects with `operation.cancelled` once the signal aborts.
 */
export type EndpointProber = {
  /** Opens a prober for one scan. */
  open(options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly profile: boolean }): {
    probe(target: ProbeTarget): Promise<ProbeOutcome>
  }
}
