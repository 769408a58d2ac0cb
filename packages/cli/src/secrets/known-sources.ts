import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Baseline, readBaseline, readText } from './baseline.ts'
import { ignoreFile } from './ignore-file.ts'
import { firstOf, type KnownValues } from './known-values.ts'

/** The name under which a baseline is found without being named. */
export const BASELINE_NAME = '.muster-baseline'

export type KnownWishes = {
  /** `--baseline-path`. */
  readonly baselinePath: string | undefined
  /** `--gitleaks-ignore-path`. */
  readonly ignorePath: string | undefined
  /** Directories that may have a baseline and a `.gitleaksignore`. */
  readonly targets: readonly string[]
  readonly ruleIds: ReadonlySet<string>
}

/** Everything that says which values are known. `warnings` are for people. */
export type KnownSources = { readonly known: KnownValues; readonly baseline: Baseline | null; readonly warnings: readonly string[] }

/** Reads the baseline and the ignore files. @throws MusterError file.unreadable, input.unrecognised. */
export async function knownSources({ baselinePath, ignorePath = '.', targets, ruleIds }: KnownWishes): Promise<KnownSources> {
  const path = baselinePath ?? targets.map((target) => join(target, BASELINE_NAME)).find(isFile)
  const baseline = path === undefined ? null : await readBaseline(path)
  const ignorePaths = new Set([ignorePath, join(ignorePath, '.gitleaksignore'), ...targets.map((target) => join(target, '.gitleaksignore'))].filter(isFile))
  const ignored = await Promise.all([...ignorePaths].map(async (each) => ({ path: each, ...ignoreFile(await readText(each, 'ignore file'), ruleIds) })))
  return {
    baseline, known: firstOf([...baseline === null ? [] : [baseline.known], ...ignored]),
    warnings: ignored.flatMap(({ path: each, strange }) => strange.slice(0, 3).map((line) => `${each}: line ${line} is no fingerprint of gitleaks`)),
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
