import type { Certificate, ConfigurationFormat, Credential, CredentialKind, Labels, Location, MachineKind, ProcessFacts, SecretState, SshProfile, TlsProfile } from '@muster/core'

/** A place the credential is at now, with what is known of the machine. */
export type SubjectLocation = {
  readonly location: Location
  readonly machineId: string
  readonly machineName: string
  /** `source` where it is no machine but a repository, an image, a code host or a cluster. */
  readonly machineKind: MachineKind
  readonly machineLabels: Labels
  readonly lastSeen: Date
}

/** Another credential with the same public key. */
export type SameKey = { readonly id: string; readonly kind: CredentialKind; readonly name: string; readonly owner: string | null }

/** What only a look across the whole inventory or a blocklist tells of a key; computed in the background, kept by SPKI. */
export type KeyWeakness = {
  readonly reason: 'shared-prime' | 'blocklisted'
  /** For people: the list's name, or how many other keys share the prime. Never a factor. */
  readonly note: string
}

/** A credential as rules see it: itself, where it is now, and what it is tied to. */
export type CredentialSubject = {
  readonly type: 'credential'
  readonly id: string
  readonly name: string
  readonly credential: Credential
  /** What people say of a secret; null for other kinds. */
  readonly secretState: SecretState | null
  /** It was only ever seen in a system's list of public trust anchors. */
  readonly trustStoreOnly: boolean
  /** The credential's own labels, falling back to those its machines agree on. */
  readonly labels: Labels
  readonly firstSeen: Date
  readonly lastSeen: Date
  /** Present locations only; at most 1,000 of them, see `locationCount`. */
  readonly locations: readonly SubjectLocation[]
  readonly locationCount: number
  /** Distinct machines it is present on. */
  readonly machineCount: number
  readonly sameKey: readonly SameKey[]
  readonly weaknesses: readonly KeyWeakness[]
}

/** A listening endpoint with what it serves. */
export type EndpointSubject = {
  readonly type: 'endpoint'
  readonly id: string
  readonly name: string
  readonly machineId: string
  readonly machineName: string
  /** Labels of its machine. */
  readonly labels: Labels
  readonly host: string
  readonly port: number
  readonly sni: string | null
  readonly starttls: string | null
  readonly protocol: 'tls' | 'ssh' | 'unknown'
  readonly tls: TlsProfile | null
  readonly ssh: SshProfile | null
  readonly process: ProcessFacts | null
  readonly lastSeen: Date
  /** Certificates of each served chain in the order served; certificates not in the inventory are left out. */
  readonly chains: readonly (readonly Certificate[])[]
}

/** The effective settings of a configuration file or of a part of it; `name` says both. */
export type ConfigurationSubject = {
  readonly type: 'configuration'
  readonly id: string
  readonly name: string
  readonly machineId: string
  readonly machineName: string
  readonly labels: Labels
  readonly path: string
  readonly format: ConfigurationFormat
  readonly settings: Readonly<Record<string, readonly string[]>>
}

export type Subject = CredentialSubject | EndpointSubject | ConfigurationSubject
