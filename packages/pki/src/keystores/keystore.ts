import type { Credential, CredentialPart, Protection } from '@muster/core'
import type { RecogniseProblem, StoreType } from '../found.ts'

/** Entries read from one keystore; the largest trust stores have a few thousand. */
export const MAX_ENTRIES = 20_000

/** One credential in a keystore. A private key and its certificates share an alias. */
export type KeystoreEntry = {
  readonly alias: string
  readonly part: CredentialPart
  readonly credential: Credential
  /** How a private key is protected; null for public entries. */
  readonly protection: Protection | null
  /** False for a private key no given passphrase opened. */
  readonly unlocked: boolean
}

export type Keystore = {
  readonly storeType: StoreType
  /** How the store guards against changes, e.g. `hmac-sha256 pkcs12-sha256:10000`; null when it does not. */
  readonly integrity: string | null
  /** A given passphrase (or none, where none is needed) fits the integrity check; null when there is no check. */
  readonly integrityVerified: boolean | null
  /** Nothing in the store stayed closed. */
  readonly unlocked: boolean
  readonly entries: readonly KeystoreEntry[]
  readonly problems: readonly RecogniseProblem[]
}
