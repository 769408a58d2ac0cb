import { createSecretsConnector, fileMemory, hostConnector, secretsOptionsSchema, sshConnector, tlsConnector } from '@muster/connectors'
import { type Connector, Secret } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import type { ScanKind } from './scan.ts'
import type { SecretsInput } from './worker-protocol.ts'

/** The options of each kind of scan. */
export function optionsOf(kind: ScanKind): Connector<unknown>['options'] {
  return kind === 'secrets' ? secretsOptionsSchema : connectorOf(kind, null).options
}

/** The connector of a scan; `secrets` is what a scan for secrets needs, and others do not. */
export function connectorOf(kind: ScanKind, secrets: SecretsInput | null): Connector<unknown> {
  switch (kind) {
    case 'host': return hostConnector as Connector<unknown>
    case 'tls': return tlsConnector as Connector<unknown>
    case 'ssh': return sshConnector as Connector<unknown>
    case 'secrets': {
      if (secrets === null) throw new Error('a scan for secrets was started without its key')
      return createSecretsConnector({ fingerprints: fingerprintsUnder(new Secret(secrets.fingerprintKey)), memory: fileMemory(secrets.memoryDirectory) }) as Connector<unknown>
    }
  }
}
