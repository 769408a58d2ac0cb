import type { Connector, SecretFingerprints } from '@muster/core'
import { localSystem } from '../local/system.ts'
import type { SourceFinding } from './finding.ts'
import { noMemory } from './memory.ts'
import { secretsOptionsSchema, type SecretsOptions } from './options.ts'
import { scanSecrets, type SecretsScanParts } from './scan.ts'

export type SecretsConnectorParts = Partial<Omit<SecretsScanParts, 'fingerprints' | 'onFinding'>> & {
  /** Whoever holds the installation's key. */
  readonly fingerprints: SecretFingerprints
  /** Hears of every finding with its value, for reports made on the spot; nothing of it may be kept. */
  readonly onFinding?: (finding: SourceFinding) => void
}

/** A connector that finds credentials written into files, repositories and images. Resumable; reads only, and runs nothing of what it reads. */
export function createSecretsConnector({ fingerprints, onFinding, system = localSystem(), memory = noMemory, git = 'git', verifiedFacts = null, askedAbout = null }: SecretsConnectorParts): Connector<SecretsOptions> {
  return {
    id: 'secrets',
    options: secretsOptionsSchema,
    scan: (options, context) => scanSecrets({ system, memory, git, fingerprints, verifiedFacts, askedAbout, onFinding: onFinding ?? null }, options, context),
  }
}
