import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Clock, manualClock, type CredentialSighting, type Observation, scanBatchSchema, type ScanBatch, type ScanProblem, Secret } from '@muster/core'
import { fingerprintsUnder, keyedFingerprint, secretDigest } from '@muster/detect'
import { createSecretsConnector, type SecretsConnectorParts } from './connector.ts'
import type { SourceFinding } from './finding.ts'
import { secretsOptionsSchema } from './options.ts'

const key = new Secret(new Uint8Array(32).fill(3))
const standing = manualClock('2026-01-01T00:00:00Z')
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A GitHub token with a right checksum that nobody was ever given. */
export function githubToken(): string {
  const body = Array.from(randomBytes(30), (byte) => BASE62[byte % 62]!).join('')
  let check = ''
  for (let i = 0, value = crc32(body); i < 6; i++, value = Math.floor(value / 62)) check = BASE62[value % 62]! + check
  return `ghp_${body}${check}`
}

/** The fingerprint the scans of these tests give a value. */
export function fingerprintOf(value: string): string {
  return keyedFingerprint(key, secretDigest(Secret.fromText(value)))
}

/** Writes files below `root`, with their directories. */
export function plant(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

export type Outcome = {
  readonly batches: readonly ScanBatch[]
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  readonly credentials: readonly CredentialSighting[]
  /** Not suppressed, no references. */
  readonly findings: readonly SourceFinding[]
  readonly all: readonly SourceFinding[]
}

export type RunOptions = { readonly parts?: Partial<SecretsConnectorParts>; readonly resumeFrom?: string | null; readonly maxBatches?: number; readonly signal?: AbortSignal; readonly passphrases?: readonly Secret[]; readonly clock?: Clock; /** Nobody hears of values, as on the server. */ readonly silent?: boolean }

/** Runs a scan to its end or to a number of batches, as a kill would; every batch is checked against the contract's schema. */
export async function scanSecretsIn(targets: string | readonly string[], options: Record<string, unknown> = {}, { parts = {}, resumeFrom = null, maxBatches = Infinity, signal = new AbortController().signal, passphrases = [], clock = standing, silent = false }: RunOptions = {}): Promise<Outcome> {
  const all: SourceFinding[] = []
  const connector = createSecretsConnector({ fingerprints: fingerprintsUnder(key), ...silent ? {} : { onFinding: (finding: SourceFinding) => { all.push(finding) } }, ...parts })
  const batches: ScanBatch[] = []
  const context = { clock, signal, resumeFrom, passphrases }
  for await (const batch of connector.scan(secretsOptionsSchema.parse({ targets: [targets].flat(), threads: 0, ...options }), context)) {
    batches.push(scanBatchSchema.parse(batch))
    if (batches.length >= maxBatches) break
  }
  const observations = batches.flatMap((batch) => batch.observations)
  return {
    batches, observations, all, problems: batches.flatMap((batch) => batch.problems),
    credentials: observations.flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each] : [])),
    findings: all.filter(({ found }) => found.suppressedBy === null && found.reference === null),
  }
}

/** Values of findings by path and line, in order. */
export function seen({ findings }: Outcome): string[] {
  return findings.map(({ path, found }) => `${path}:${found.line} ${found.secret.revealText()}`).sort()
}
