import type { Credential, CredentialPart, ErrorCode, Location, Protection, Secret } from '@muster/core'

type LocationOf<Kind extends Location['kind']> = Extract<Location, { kind: Kind }>

/** Keystore kinds as the inventory names them. */
export type StoreType = LocationOf<'keystore-entry'>['storeType']

/** What an `authorized_keys` line says beside its key. */
export type AuthorizedKeyFacts = Pick<LocationOf<'authorized-key'>, 'line' | 'options' | 'certAuthority'>

/** What a `known_hosts` line says beside its key. */
export type KnownHostFacts = Pick<LocationOf<'known-host'>, 'line' | 'hosts' | 'hashed' | 'marker'>

/** One credential found in some bytes, and how it lies there. The scanner adds the path and the file's facts. */
export type FoundItem = {
  readonly credential: Credential
  readonly part: CredentialPart
  /** As in a file location: `pem`, `der`, `pkcs1`, `pkcs8`, `sec1`, `openssh`, `putty`, `pgp`, `ssh-public`, `crl` … */
  readonly format: string
  /** Position in the bundle, from 0. */
  readonly entry: number
  /** Set for keystore entries, together with `storeType`. */
  readonly alias?: string
  readonly storeType?: StoreType
  /** How a private key is protected here; null for everything that is public. */
  readonly protection: Protection | null
  /** Free text the format carries beside the credential (SSH comment, PEM attribute); null when none. */
  readonly comment: string | null
  /** Set when the item is a line of an `authorized_keys` file. */
  readonly authorizedKey?: AuthorizedKeyFacts
  /** Set when the item is a line of a `known_hosts` file. */
  readonly knownHost?: KnownHostFacts
}

/** Something in the bytes that could not be read. Quotes no secret. */
export type RecogniseProblem = {
  readonly code: ErrorCode
  readonly message: string
  /** Position of the part it is about (`entry 3`, `line 12`, an alias); null for the whole input. */
  readonly part: string | null
}

export type RecogniseOptions = {
  /** Passphrases the operator gave; each is tried, none is guessed. */
  readonly passphrases: readonly Secret[]
  /** The file's base name, when there is one: settles what bytes alone leave open, never what is parsed. */
  readonly name?: string
}

export type RecogniseResult = {
  readonly findings: readonly FoundItem[]
  readonly problems: readonly RecogniseProblem[]
}

/** A recogniser answers null when the bytes are not of its formats at all. */
export type Recogniser = (bytes: Uint8Array, options: RecogniseOptions) => RecogniseResult | null
