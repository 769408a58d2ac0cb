import { readdirSync, statSync } from 'node:fs'
import { documentRoots, WEB_CONFIGURATION_DIRECTORIES } from './places.ts'
import { rawPath, realPathOrSame, type RawPath } from './raw-path.ts'
import type { HostSystem } from './system.ts'

const MAX_FILES = 1000
const MAX_FILE_BYTES = 1024 * 1024
const MAX_DEPTH = 3

/** The document roots of the web servers configured on the machine, links resolved. */
export function configuredDocumentRoots(system: HostSystem): RawPath[] {
  const found = new Set<RawPath>()
  let files = 0
  for (const top of WEB_CONFIGURATION_DIRECTORIES) {
    const pending = [{ path: top, depth: 0 }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const path of entries(next.path)) {
        const kind = kindOf(path)
        if (kind === 'directory' && next.depth < MAX_DEPTH) pending.push({ path, depth: next.depth + 1 })
        if (kind !== 'file' || ++files > MAX_FILES) continue
        for (const root of documentRoots(system.readText(path) ?? '')) found.add(realPathOrSame(rawPath(root)))
      }
    }
  }
  return [...found]
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => `${directory}/${name}`)
  } catch {
    return []
  }
}

function kindOf(path: string): 'file' | 'directory' | 'other' {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) return 'directory'
    return stats.isFile() && stats.size <= MAX_FILE_BYTES ? 'file' : 'other'
  } catch {
    return 'other'
  }
}
