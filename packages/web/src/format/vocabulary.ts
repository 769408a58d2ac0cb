export type { CredentialKind, KeyAlgorithm, LocationKind } from '@muster/core'
export type { CredentialRow } from '@muster/core/api'
