import type { IncomingHttpHeaders } from 'node:http'
import type { Secret } from '@muster/core'

/** A credential that was found, as far as asking about it needs. The secret goes to its provider and nowhere else. */
export type FoundCredential = { readonly kind: string; readonly secret: Secret; readonly facts: Readonly<Record<string, string>>; /** Of a temporary key of AWS: it goes along, and nowhere else. */ readonly sessionToken?: Secret }

/** `live`: accepted just now. `dead`: certain not to be accepted any more. `unknown`: neither could be told. */
export type VerdictState = 'live' | 'dead' | 'unknown'

/** What a provider's answer means. Facts name the identity behind the credential; never the credential. */
export type Outcome = { readonly state: VerdictState; readonly facts?: Readonly<Record<string, string | null>>; readonly reason?: string }

/** What was found out about a credential. */
export type Verdict = {
  readonly state: VerdictState
  /** Who said so: a provider of the table, or `muster` for what it can tell by itself. */
  readonly provider: string
  /** RFC 3339. */
  readonly checkedAt: string
  readonly facts: Readonly<Record<string, string>>
  /** Why it is not known, or how it is known to be dead; quotes no secret. */
  readonly reason: string | null
}

/** A call that reads and changes nothing, below the verifier's base URL. */
export type Call = {
  /** POST only where the provider documents the question as one. */
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export type ProviderAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly json: unknown; readonly text: string }

export type CallContext = { readonly facts: Readonly<Record<string, string>>; readonly now: Date; readonly base: URL; /** Null where none is known. */ readonly sessionToken: string | null }

/** How one provider is asked who a credential belongs to. */
export type Verifier = {
  readonly provider: string
  /** Kinds of the detection rules, and of the formats, that it takes. */
  readonly kinds: readonly string[]
  /** The page that documents the call. */
  readonly documentation: string
  /** The page that says what a refusal means, where it means more than that the credential is dead. */
  readonly refusals?: string
  /** Null where each customer has a host of its own. */
  readonly baseUrl: string | null
  /** The host by what is known of the credential; it must be on the egress list, for whoever planted it may have planted the host. */
  readonly hostOf?: (facts: Readonly<Record<string, string>>, secret: string) => string | null
  /** Other installations issue such credentials too, so a refusal by `baseUrl` proves nothing; one by a host of the operator's does. */
  readonly elsewhere?: true
  /** Null when what is known does not suffice to ask. */
  readonly call: (secret: string, context: CallContext) => Call | null
  readonly interpret: (answer: ProviderAnswer, asked: CallContext) => Outcome
}
