import type { Observation } from '@muster/core'
import type { AccountBook } from '../local/accounts.ts'
import { fileFacts } from '../local/file-facts.ts'
import { THIS_MACHINE } from '../local/machine.ts'
import type { PlaceFacts } from '../local/places.ts'
import { displayPath, type RawPath } from '../local/raw-path.ts'
import type { SourceFacts } from './finding.ts'
import type { TargetScan } from './target.ts'
import { TreeScan, type TreeScanParts } from './tree-scan.ts'

export type DirectoryParts = Omit<TreeScanParts, 'isKnown' | 'shown' | 'tell' | 'conclusion'> & {
  readonly source: SourceFacts
  readonly introduction: readonly Observation[]
  readonly judgePlace: (path: RawPath) => PlaceFacts
  readonly book: AccountBook
  readonly rights: string
}

/** The files below a directory of this machine, or one file. */
export function directoryTarget({ source, introduction, judgePlace, book, rights, ...parts }: DirectoryParts): TargetScan {
  const tree = new TreeScan({
    ...parts, isKnown: () => false, shown: displayPath,
    tell: (found, { path, where, stamp }) => ({
      report: { found, source, path: where, blob: null, commit: null, presence: null },
      placed: stamp === null ? null : { found, scope: source.name, place: { kind: 'file-line', machine: THIS_MACHINE, path: where, file: fileFacts(stamp, book), inWebRoot: found.suppressedBy === null && judgePlace(path).inWebRoot } },
    }),
    conclusion: (unread, failed) => [{
      observation: 'coverage', machine: THIS_MACHINE, scope: { kind: 'path', path: displayPath(parts.root).slice(0, 4096), unread: [...unread], lookedFor: ['secrets'] }, rights, complete: !failed,
    }],
  })
  return { introduction, run: (position) => tree.run(position) }
}
