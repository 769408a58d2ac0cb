import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { MusterError } from '@muster/core'
import { readText } from './baseline.ts'
import type { Leak } from './leak.ts'
import { type BaselineEntry, baselineFingerprint, formatOwnBaseline, isOwnBaseline, parseOwnBaseline } from './own-baseline.ts'

/** A baseline of ours on its way back to its file. */
export type BaselineFile = { readonly path: string; readonly salt: string; readonly entries: Map<string, BaselineEntry> }

/** The baseline in a file, or a new one where there is none. @throws MusterError input.unrecognised for another tool's. */
export async function openBaseline(path: string): Promise<BaselineFile> {
  if (!existsSync(path)) return { path, salt: randomBytes(32).toString('hex'), entries: new Map() }
  const text = await readText(path, 'baseline')
  if (!isOwnBaseline(text)) throw new MusterError('input.unrecognised', `${path} is no baseline of muster; --baseline-path reads those of other tools`, { path })
  const { salt, entries } = parseOwnBaseline(text, path)
  return { path, salt, entries: new Map(entries) }
}

/** Writes the file anew, at once or not at all. @throws MusterError file.unreadable when it cannot be written. */
export async function saveBaseline({ path, salt, entries }: BaselineFile): Promise<void> {
  const temporary = `${path}.${process.pid}`
  try {
    await writeFile(temporary, formatOwnBaseline({ salt, entries }))
    await rename(temporary, path)
  } catch (error) {
    throw new MusterError('file.unreadable', `cannot write ${path}: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}`, { path }, { cause: error })
  }
}

/** Adds an entry for each value that has none, in the state another tool's baseline gave it, and saves; how many values were added. */
export async function addToBaseline(baseline: BaselineFile, leaks: readonly Leak[]): Promise<number> {
  const before = baseline.entries.size
  for (const { secret, ruleId, known } of leaks) {
    const fingerprint = baselineFingerprint(baseline.salt, secret)
    if (!baseline.entries.has(fingerprint)) baseline.entries.set(fingerprint, { fingerprint, rule: ruleId, state: known?.state ?? 'new', reason: known?.reason ?? '' })
  }
  await saveBaseline(baseline)
  return baseline.entries.size - before
}
