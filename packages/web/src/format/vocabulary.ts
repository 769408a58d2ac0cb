export type { CredentialKind, Criticality, Environment, KeyAlgorithm, Labels, LocationKind, Severity } from '@muster/core'
export type { CredentialRow, FindingRow, ScanRow } from '@muster/core/api'
