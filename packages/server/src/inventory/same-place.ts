import type { Location, LocationKind } from '@muster/core'

const lineKinds: ReadonlySet<LocationKind> = new Set(['file-line', 'repository-line', 'image-line'])

/** True for a place of which one scan may know more than another; {@link stays} decides between them. */
export function isComparable(kind: LocationKind): boolean {
  return isLine(kind) || kind === 'ci-variable'
}

/** A variable that was only seen to be taken by a pipeline: nobody listed it, so nothing of it is known. */
export function isReference(location: Location): boolean {
  return location.kind === 'ci-variable' && location.protected === null && location.masked === null
}

function isLine(kind: LocationKind): boolean {
  return lineKinds.has(kind)
}

/**
 * Whether what is known of a place stays when it is sighted once more as `next`: one value may stand at several lines of a
 * file, in several versions of it, or in several layers, and it is one place all the same. A file read as a key says more
 * than a line in it; within one scan what is there now counts before what was, and the first line before later ones.
 */
export function stays(known: Location, next: Location, inThisScan: boolean): boolean {
  if (next.kind === 'ci-variable') return isReference(next) && !isReference(known)
  if (!isLine(next.kind)) return false
  if (!isLine(known.kind)) return true
  return inThisScan && standing(known) <= standing(next)
}

function standing(location: Location): number {
  if (location.kind === 'repository-line') return presences.indexOf(location.presence)
  return location.kind === 'image-line' && location.hiddenBy !== null ? 1 : 0
}

const presences = ['head', 'branch', 'history'] as const
