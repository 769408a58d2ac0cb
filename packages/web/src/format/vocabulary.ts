export type { CredentialKind, KeyAlgorithm, LocationKind, SecretState } from '@muster/core'
export type { CredentialRow, MachineRow } from '@muster/core/api'
