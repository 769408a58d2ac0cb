import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { ScanContext, ScanProblem } from '@muster/core'
import type { FoundSecret } from '@muster/detect'
import { rightsOf } from '../local/machine.ts'
import { parseMountInfo } from '../local/mounts.ts'
import { joinPath, rawPath, type RawPath, realPath } from '../local/raw-path.ts'
import { engineStamp } from './engine-stamp.ts'
import { isRepository } from './git/repository.ts'
import { gitDirectoriesAt, type GitDirectories, type RepositoryFacts, repositoryFacts } from './git/repository-facts.ts'
import { workTreeFacts } from './git/work-tree-facts.ts'
import { noMemory } from './memory.ts'
import type { SecretsOptions } from './options.ts'
import { OutcomeMemory, type ToldStep } from './outcome-memory.ts'
import type { SecretsScanParts } from './scan.ts'
import { dependencyNames, treeExclusion } from './tree-walk.ts'

type Look = { readonly facts: RepositoryFacts; readonly digest: string; readonly settled: boolean }

/** Of what the fingerprint tells one installation's key from another's. */
const KEY_PROBE = createHash('sha256').update('muster scan memory').digest('hex')

/**
 * What an earlier scan told of a repository, good as long as nothing of it has changed: then neither git nor the rules are asked. Whoever wants the values themselves, or has
 * them asked about, is told by a scan.
 */
export class TargetOutcome {
  readonly #parts: SecretsScanParts
  readonly #memory: OutcomeMemory
  readonly #look: () => Look
  readonly #first: Look
  #steps: ToldStep[] | null = []

  private constructor(parts: SecretsScanParts, memory: OutcomeMemory, look: () => Look) {
    this.#parts = parts
    this.#memory = memory
    this.#look = look
    this.#first = look()
  }

  /** Null where nothing may be remembered of the target. */
  static async of(target: string, parts: SecretsScanParts, options: SecretsOptions, { clock, passphrases }: ScanContext): Promise<TargetOutcome | null> {
    const { memory, system, fingerprints, verifiedFacts, askedAbout, onFinding } = parts
    if (memory === noMemory || onFinding !== null || passphrases.length > 0 || (verifiedFacts !== null && askedAbout === null)) return null
    const path = realPath(rawPath(resolve(target)))
    if (path === null || options.as !== null && options.as !== 'repository' || !isRepository(path)) return null
    const directories = gitDirectoriesAt(path)
    if (directories === null) return null
    const engine = engineStamp(clock.now())
    if (engine === null) return null
    const about = [target, path, { ...options, targets: [], threads: 0 }, engine, await fingerprints([KEY_PROBE]), rightsOf(system), parts.git, askedAbout?.policy ?? null]
    return new TargetOutcome(parts, new OutcomeMemory(memory, about), () => looked(path, directories, system.readText('/proc/self/mountinfo') ?? '', options, clock.now()))
  }

  /** What is to be told again; null when the target must be scanned. */
  get told(): readonly ToldStep[] | null {
    return this.#memory.recall(this.#first.digest)
  }

  /** Notes a step of a scan. With a problem, or a value that is asked about each time, the scan is not remembered. */
  take(step: ToldStep, problems: readonly ScanProblem[], values: readonly FoundSecret[]): void {
    if (problems.length > 0 || values.some((value) => value.suppressedBy === null && this.#parts.askedAbout?.concerns(value) === true)) this.#steps = null
    this.#steps?.push(step)
  }

  /** Remembers the scan, which has come to its end; not when the target, whose state the scan names, changed meanwhile. */
  keep(state: string | null): void {
    const { facts, digest, settled } = this.#first
    if (this.#steps === null || !settled || state !== facts.digest || this.#look().digest !== digest) return
    this.#memory.note(digest, this.#steps)
  }
}

function looked(path: RawPath, directories: GitDirectories, mounts: string, { exclude, refs, since }: SecretsOptions, now: Date): Look {
  const facts = repositoryFacts(directories, now)
  const isNarrowed = refs.length > 0 || since !== null
  if (isNarrowed || realPath(joinPath(path, '.git')) === null) return { facts, digest: facts.digest, settled: facts.settled }
  const tree = workTreeFacts(path, { mounts: parseMountInfo(mounts), isExcluded: treeExclusion(path, [...exclude, ...dependencyNames]) }, now)
  return { facts, digest: createHash('sha256').update(`${facts.digest} ${tree.digest}`).digest('hex'), settled: facts.settled && tree.settled }
}
