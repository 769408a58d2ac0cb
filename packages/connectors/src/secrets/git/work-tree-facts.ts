import { walk, type WalkOptions } from '../../local/walk.ts'
import type { RawPath } from '../../local/raw-path.ts'
import { Stamps } from '../stamps.ts'

/** What the files look like that a scan of a work tree comes by, and whether all have stood long enough for a change to show. */
export function workTreeFacts(root: RawPath, options: Omit<WalkOptions, 'from'>, now: Date): { readonly digest: string; readonly settled: boolean } {
  const stamps = new Stamps(now)
  for (const event of walk(root, { ...options, from: null })) {
    if (event.type === 'file') stamps.file(event.path)
    else stamps.note(event.type, event.path, event.type === 'unread' ? event.problem?.message ?? '' : '')
  }
  return stamps
}
