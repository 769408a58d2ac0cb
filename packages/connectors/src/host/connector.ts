import type { Connector } from '@muster/core'
import { recognise } from '@muster/pki'
import type { EndpointProber } from './endpoint-prober.ts'
import { hostOptionsSchema, type HostOptions } from './options.ts'
import { systemFileCalls, type FileCalls } from '../local/file-calls.ts'
import { scanHost } from './scan.ts'
import { localSystem, type HostSystem } from '../local/system.ts'

/** What may be replaced, so that tests can be another machine. */
export type HostConnectorParts = {
  readonly system?: HostSystem
  readonly prober: EndpointProber
  readonly fileCalls?: FileCalls
}

/** A connector that takes the roll of the machine it runs on: accounts, SSH settings, files, listening sockets. Resumable; reads only. */
export function createHostConnector(parts: HostConnectorParts): Connector<HostOptions> {
  const { system = localSystem(), prober, fileCalls = systemFileCalls } = parts
  return {
    id: 'host',
    options: hostOptionsSchema,
    scan: (options, context) => scanHost({ system, prober, fileCalls, recognise }, options, context),
  }
}
