import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { isMusterError, type MachineSighting, type ScanContext, type ScanProblem } from '@muster/core'
import { TarHeaders } from '@muster/detect/inspect'
import { accountBook, parseGroup, parsePasswd, parseShadow } from '../local/accounts.ts'
import { exclusion, isExcludedAnywhere } from '../local/exclusion.ts'
import { systemFileCalls } from '../local/file-calls.ts'
import { machineSighting, rightsOf } from '../local/machine.ts'
import { parseMountInfo } from '../local/mounts.ts'
import { placeJudge } from '../local/places.ts'
import { fsPath, parentPath, rawPath, type RawPath, realPath } from '../local/raw-path.ts'
import type { HostSystem } from '../local/system.ts'
import { whyUnreadable } from '../local/walk.ts'
import { configuredDocumentRoots } from '../local/web-roots.ts'
import { directoryTarget } from './directory-target.ts'
import { GitProgram } from './git/program.ts'
import { isRepository, openRepository, repositorySighting } from './git/repository.ts'
import { gitDirectoriesAt } from './git/repository-facts.ts'
import { waitingPlace } from './git/waiting-places.ts'
import { type RepositoryParts, repositoryTarget } from './git/repository-target.ts'
import { imageArchive, imageDirectory, type ImageFiles } from './image/image-files.ts'
import { type ImageParts, imageTarget, openImages } from './image/image-target.ts'
import type { InspectionPool } from './inspection-pool.ts'
import type { ScanMemory } from './memory.ts'
import type { SecretsOptions, TargetKind } from './options.ts'
import { ruleSetDigest } from './rule-set.ts'
import type { TargetScan } from './target.ts'
import { dependencyNames, treeExclusion } from './tree-walk.ts'

/** What targets are read with. */
export type TargetWorld = {
  readonly system: HostSystem
  /** What earlier scans remember. */
  readonly memory: ScanMemory
  /** The git program: a name that is looked for in the system's usual places, or a path. */
  readonly git: string
}

type Opened = TargetScan | { readonly problem: ScanProblem }

/** The target as what it is; a problem where nothing readable is there. */
export async function openTarget(target: string, world: TargetWorld, options: SecretsOptions, pool: InspectionPool, context: ScanContext): Promise<Opened> {
  const named = rawPath(resolve(target))
  const path = realPath(named)
  if (path === null) return { problem: { code: 'file.unreadable', where: target, message: whyMissing(named) } }
  const kind = options.as ?? kindOf(path)
  const shared = {
    pool, mounts: parseMountInfo(world.system.readText('/proc/self/mountinfo') ?? ''), isExcluded: treeExclusion(path, options.exclude), rights: rightsOf(world.system), maxFiles: options.maxFiles, signal: context.signal,
  }
  if (kind === 'image') return imageAt(path, target, options, shared)
  if (kind === 'repository') return repositoryAt(path, target, world, options, context.clock.now(), shared)
  const machine = (await machineSighting(world.system, [], context.signal)).sighting
  return directoryTarget({ ...shared, root: path, single: kind === 'file', source: { kind, target, name: machine.name }, introduction: [machine satisfies MachineSighting], ...machineFacts(world.system) })
}

function imageAt(path: RawPath, target: string, options: SecretsOptions, { pool, rights, signal }: Pick<ImageParts, 'pool' | 'rights' | 'signal'>): Opened {
  const files = filesOf(path)
  const images = openImages(files)
  if (files === null || images === null) return { problem: { code: 'input.unrecognised', where: target, message: 'no container image: neither an OCI layout nor an archive of docker save' } }
  const excluded = exclusion(options.exclude)
  const isExcluded = (name: string): boolean => isExcludedAnywhere(rawPath(`/${name}`), excluded)
  return imageTarget({ files, target, pool, rights, signal, isExcluded, maxFileBytes: options.maxFileBytes }, images)
}

function filesOf(path: RawPath): ImageFiles | null {
  return lstatSync(fsPath(path)).isDirectory() ? imageDirectory(path) : imageArchive(path)
}

async function repositoryAt(path: RawPath, target: string, { git: program, memory }: TargetWorld, options: SecretsOptions, now: Date, shared: Pick<RepositoryParts, 'pool' | 'mounts' | 'isExcluded' | 'rights' | 'maxFiles' | 'signal'>): Promise<Opened> {
  const git = new GitProgram(program, path, shared.signal)
  const directories = gitDirectoriesAt(path)
  const waiting = directories === null ? null : waitingPlace(directories)
  if (waiting !== null) return { problem: { code: 'file.unreadable', where: target, message: `${waiting}; the repository was not read` } }
  try {
    const repository = await openRepository(path, git, now)
    if (repository === null) return { problem: { code: 'file.unreadable', where: target, message: 'git does not take this for a repository, or does not answer' } }
    const sighting = await repositorySighting(path, repository, git)
    const name = sighting.ref.replace(/^git:/, '')
    return repositoryTarget({
      ...shared, isExcluded: treeExclusion(path, [...options.exclude, ...dependencyNames]), directory: path, repository, git, source: { kind: 'repository', target, name }, ref: sighting.ref, scope: name, introduction: [sighting],
      memory, ruleSet: ruleSetDigest(shared.pool.ready, options), options,
    })
  } catch (error) {
    if (!isMusterError(error)) throw error
    return { problem: { code: error.code, where: target, message: error.message } }
  }
}

function machineFacts(system: HostSystem) {
  const read = (path: string) => system.readText(path) ?? ''
  return {
    judgePlace: placeJudge(configuredDocumentRoots(system)),
    book: accountBook(parsePasswd(read('/etc/passwd')), parseGroup(read('/etc/group')), parseShadow(read('/etc/shadow'))),
  }
}

function kindOf(path: RawPath): TargetKind {
  if (lstatSync(fsPath(path)).isDirectory()) {
    if (isRepository(path)) return 'repository'
    const files = imageDirectory(path)
    return files.read('oci-layout') !== null && openImages(files) !== null ? 'image' : 'directory'
  }
  return mayBeTar(path) && openImages(imageArchive(path)) !== null ? 'image' : 'file'
}

/** Images are told from other archives by their members, so only what begins as a tar is looked at. */
function mayBeTar(path: RawPath): boolean {
  const stats = lstatSync(fsPath(path))
  if (!stats.isFile() || stats.size < 1024) return false
  try {
    const handle = systemFileCalls.open(path)
    try {
      const block = Buffer.alloc(512)
      return systemFileCalls.read(handle, block, 0, 512, 0) === 512 && new TarHeaders().read(block).what !== 'damaged' && block[0] !== 0
    } finally {
      systemFileCalls.close(handle)
    }
  } catch {
    return false
  }
}

function whyMissing(path: RawPath): string {
  try {
    lstatSync(fsPath(path))
    return 'a link that leads nowhere'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? `there is no such file or directory${realPath(parentPath(path)) === null ? ', nor its parent' : ''}` : whyUnreadable(code)
  }
}
