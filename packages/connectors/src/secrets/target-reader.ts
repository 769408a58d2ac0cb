import type { Observation, ScanContext } from '@muster/core'
import { pairedAcrossFiles } from '@muster/detect'
import { InspectionPool } from './inspection-pool.ts'
import { observationsOf, type PlacedFinding } from './observing.ts'
import { openTarget } from './open-target.ts'
import type { SecretsOptions } from './options.ts'
import type { SecretsScanParts } from './scan.ts'
import type { TargetStep } from './target.ts'

/** Looks at targets with rules and threads, which a scan that only tells again does without. {@link close} it. */
export class TargetReader {
  readonly #parts: SecretsScanParts
  readonly #options: SecretsOptions
  readonly #context: ScanContext
  readonly #pool: InspectionPool

  /** @throws MusterError config.invalid */
  constructor(parts: SecretsScanParts, options: SecretsOptions, context: ScanContext) {
    const { config, formats, decode, maxFileBytes, threads } = options
    this.#parts = parts
    this.#options = options
    this.#context = context
    this.#pool = new InspectionPool({ config, formats, decode, maxFileBytes }, threads, context.clock)
  }

  open(target: string): ReturnType<typeof openTarget> {
    return openTarget(target, this.#parts, this.#options, this.#pool, this.#context)
  }

  /** What the findings of a step mean to the inventory. */
  observations({ findings }: TargetStep): Promise<readonly Observation[]> {
    return observationsOf(paired(findings), this.#parts.fingerprints, this.#parts.verifiedFacts, this.#context.passphrases)
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** Halves of key pairs brought together where both are in one step of the scan, which most targets take in one. */
function paired(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const found = pairedAcrossFiles(findings.map(({ found, place }) => ({ found, path: place.path, tree: treeOf(place) })))
  return findings.map((finding, index) => (found[index] === finding.found ? finding : { ...finding, found: found[index]! }))
}

/** What belongs together: a version of a repository, an image; of a machine's files a directory, for what lies elsewhere on it may be anybody's. */
function treeOf(place: PlacedFinding['place']): string {
  if (place.kind === 'file-line') return `${place.machine} ${place.path.slice(0, Math.max(0, place.path.lastIndexOf('/')))}`
  if (place.kind !== 'repository-line') return place.machine
  return `${place.machine} ${place.presence === 'head' ? 'head' : place.commit?.id ?? place.blob ?? ''}`
}
