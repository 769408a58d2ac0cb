import { createSecretsConnector, hostConnector, sshConnector, tlsConnector } from '@muster/connectors'
import { type Connector, Secret } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import type { ScanKind } from './scan.ts'

/** The connector of a scan. `fingerprintKey` is what fingerprints of secrets are keyed with; only scans for secrets ask for it. */
export function connectorOf(kind: ScanKind, fingerprintKey: Uint8Array): Connector<unknown> {
  switch (kind) {
    case 'host': return hostConnector as Connector<unknown>
    case 'tls': return tlsConnector as Connector<unknown>
    case 'ssh': return sshConnector as Connector<unknown>
    case 'secrets': return createSecretsConnector({ fingerprints: fingerprintsUnder(new Secret(fingerprintKey)) }) as Connector<unknown>
  }
}
