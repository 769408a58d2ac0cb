import {
  type ClusterAccess, createGithubConnector, createGitlabConnector, createKubernetesConnector, createSecretsConnector, type Verification, fileMemory, githubOptionsSchema, gitlabOptionsSchema, hostConnector, kubernetesOptionsSchema, secretsOptionsSchema, sshConnector,
  tlsConnector,
} from '@muster/connectors'
import { type Connector, Secret } from '@muster/core'
import { type ConnectionKind, connectionKinds, type SignInMethod } from '@muster/core/api'
import { fingerprintsUnder } from '@muster/detect'
import type { ScanKind } from './scan.ts'
import type { SecretsInput } from './worker-protocol.ts'

type Schema = Connector<unknown>['options']

/** The options of each kind of scan. */
const schemas = {
  host: hostConnector.options, tls: tlsConnector.options, ssh: sshConnector.options, secrets: secretsOptionsSchema, github: githubOptionsSchema, gitlab: gitlabOptionsSchema, kubernetes: kubernetesOptionsSchema,
} as const satisfies Record<ScanKind, Schema>

export const optionsOf = (kind: ScanKind): Schema => schemas[kind]

/** Whether scans of the kind read a system's API through a connection. */
export function readsApi(kind: ScanKind): kind is ConnectionKind {
  return (connectionKinds as readonly string[]).includes(kind)
}

/** The option in which a connector is told where its API is. */
export const baseUrlOption = { github: 'baseUrl', gitlab: 'baseUrl', kubernetes: 'server' } as const satisfies Record<ConnectionKind, string>

/** The connector of a scan; `secrets` is what scans that find secrets need, and others do not. */
export function connectorOf(kind: ScanKind, secrets: SecretsInput | null, verification: Verification | null): Connector<unknown> {
  const verifiedFacts = verification?.facts ?? null
  switch (kind) {
    case 'host': return hostConnector as Connector<unknown>
    case 'tls': return tlsConnector as Connector<unknown>
    case 'ssh': return sshConnector as Connector<unknown>
    case 'secrets': return createSecretsConnector({ fingerprints: fingerprints(secrets), memory: fileMemory(secrets!.memoryDirectory), verifiedFacts, askedAbout: verification }) as Connector<unknown>
    case 'github': return createGithubConnector(accessOf(secrets, verifiedFacts)) as Connector<unknown>
    case 'gitlab': return createGitlabConnector(accessOf(secrets, verifiedFacts)) as Connector<unknown>
    case 'kubernetes': {
      const { token, ...parts } = accessOf(secrets, verifiedFacts)
      return createKubernetesConnector({ ...parts, access: clusterAccess(token, secrets!.signsInWith) }) as Connector<unknown>
    }
  }
}

function accessOf(secrets: SecretsInput | null, verifiedFacts: Verification['facts'] | null) {
  const { token } = secrets ?? { token: null }
  if (token === null) throw new Error('a scan of an API was started without its token')
  return { fingerprints: fingerprints(secrets), token: new Secret(token), ...(verifiedFacts === null ? {} : { verifiedFacts }) }
}

/** Where a pod finds what it was given, its service account's token among it. */
const MOUNTED_SECRETS = ['/run/secrets', '/var/run/secrets']

function clusterAccess(credential: Secret, signsInWith: SignInMethod): ClusterAccess {
  switch (signsInWith) {
    case 'token': return { kind: 'token', token: credential }
    case 'client-certificate': return { kind: 'client-certificate', pem: credential }
    case 'token-file': return { kind: 'token-file', path: credential.revealText(), below: MOUNTED_SECRETS }
  }
}

function fingerprints(secrets: SecretsInput | null) {
  if (secrets === null) throw new Error('a scan for secrets was started without its key')
  return fingerprintsUnder(new Secret(secrets.fingerprintKey))
}
