import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import type { MachineSighting, ScanContext, ScanProblem } from '@muster/core'
import { accountBook, parseGroup, parsePasswd, parseShadow } from '../local/accounts.ts'
import { machineSighting, rightsOf } from '../local/machine.ts'
import { parseMountInfo } from '../local/mounts.ts'
import { placeJudge } from '../local/places.ts'
import { fsPath, parentPath, rawPath, realPath } from '../local/raw-path.ts'
import type { HostSystem } from '../local/system.ts'
import { whyUnreadable } from '../local/walk.ts'
import { configuredDocumentRoots } from '../local/web-roots.ts'
import { directoryTarget } from './directory-target.ts'
import type { InspectionPool } from './inspection-pool.ts'
import type { SecretsOptions, TargetKind } from './options.ts'
import type { TargetScan } from './target.ts'
import { treeExclusion } from './tree-walk.ts'

/** What targets are read with. */
export type TargetWorld = { readonly system: HostSystem }

/** The target as what it is; a problem where nothing readable is there. */
export async function openTarget(target: string, world: TargetWorld, options: SecretsOptions, pool: InspectionPool, context: ScanContext): Promise<TargetScan | { readonly problem: ScanProblem }> {
  const named = rawPath(resolve(target))
  const path = realPath(named)
  if (path === null) return { problem: { code: 'file.unreadable', where: target, message: whyMissing(named) } }
  const kind = options.as ?? kindOf(path)
  const machine = (await machineSighting(world.system, [], context.signal)).sighting
  return directoryTarget({
    root: path, single: kind === 'file', source: { kind, target, name: machine.name }, introduction: [machine satisfies MachineSighting], pool, ...machineFacts(world.system),
    isExcluded: treeExclusion(path, options.exclude), rights: rightsOf(world.system), maxFiles: options.maxFiles, signal: context.signal,
  })
}

function machineFacts(system: HostSystem) {
  const read = (path: string) => system.readText(path) ?? ''
  return {
    mounts: parseMountInfo(read('/proc/self/mountinfo')), judgePlace: placeJudge(configuredDocumentRoots(system)),
    book: accountBook(parsePasswd(read('/etc/passwd')), parseGroup(read('/etc/group')), parseShadow(read('/etc/shadow'))),
  }
}

function kindOf(path: ReturnType<typeof rawPath>): TargetKind {
  return lstatSync(fsPath(path)).isDirectory() ? 'directory' : 'file'
}

function whyMissing(path: ReturnType<typeof rawPath>): string {
  try {
    lstatSync(fsPath(path))
    return 'a link that leads nowhere'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? `there is no such file or directory${realPath(parentPath(path)) === null ? ', nor its parent' : ''}` : whyUnreadable(code)
  }
}
