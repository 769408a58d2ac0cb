import type { Location, LocationKind } from '@muster/core'

const lineKinds: ReadonlySet<LocationKind> = new Set(['file-line', 'repository-line', 'image-line'])

/** True for a place that a scan for secrets finds within a text. */
export function isLine(kind: LocationKind): boolean {
  return lineKinds.has(kind)
}

/**
 * Whether what is known of a place stays when it is sighted once more as `next`: one value may stand at several lines of a
 * file, in several versions of it, or in several layers, and it is one place all the same. A file read as a key says more
 * than a line in it; within one scan what is there now counts before what was, and the first line before later ones.
 */
export function stays(known: Location, next: Location, inThisScan: boolean): boolean {
  if (!isLine(next.kind)) return false
  if (!isLine(known.kind)) return true
  return inThisScan && standing(known) <= standing(next)
}

function standing(location: Location): number {
  if (location.kind === 'repository-line') return presences.indexOf(location.presence)
  return location.kind === 'image-line' && location.hiddenBy !== null ? 1 : 0
}

const presences = ['head', 'branch', 'history'] as const
