import type { Credential, CredentialPart, ScanProblem, SshProfile, TlsProfile } from '@muster/core'

/** A credential an endpoint presented; `position` in the chain as served, leaf first. */
export type PresentedCredential = { readonly credential: Credential; readonly part: CredentialPart; readonly position: number }

/** What an endpoint speaks. */
export type ProbeOutcome = {
  readonly protocol: 'tls' | 'ssh' | 'unknown'
  /** The STARTTLS protocol TLS was reached through; null for TLS at once. */
  readonly starttls: string | null
  readonly tls: TlsProfile | null
  readonly ssh: SshProfile | null
  readonly presented: readonly PresentedCredential[]
  /** False when time ran out or the connection broke, so that nothing follows about what is served there. */
  readonly answered: boolean
  readonly problems: readonly ScanProblem[]
}

/**
 * Finds out what a listening socket of this machine speaks. Never throws for what the other side does; ends within
 * `timeoutMs` per connection it makes, and soon after the signal aborts.
 */
export type EndpointProber = {
  probe(target: { readonly host: string; readonly port: number }, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<ProbeOutcome>
}
