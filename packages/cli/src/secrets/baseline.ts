import { readFile } from 'node:fs/promises'
import { MusterError } from '@muster/core'
import { detectSecretsBaseline } from './detect-secrets-baseline.ts'
import { gitleaksBaseline } from './gitleaks-baseline.ts'
import type { KnownValues } from './known-values.ts'
import { baselineFingerprint, isOwnBaseline, type OwnBaseline, parseOwnBaseline } from './own-baseline.ts'

const MAX_BYTES = 256 * 1024 * 1024

/** A baseline of any of the three kinds; `own` null for another tool's. */
export type Baseline = { readonly known: KnownValues; readonly own: OwnBaseline | null }

/**
 * Reads a baseline: ours, a JSON report of gitleaks or a `.secrets.baseline` of detect-secrets, told apart by what is in it.
 *
 * @throws MusterError file.unreadable, input.limit, input.unrecognised.
 */
export async function readBaseline(path: string): Promise<Baseline> {
  return parseBaseline(await readText(path, 'baseline'), path)
}

/** @throws MusterError input.unrecognised. */
export function parseBaseline(text: string, name: string): Baseline {
  if (isOwnBaseline(text)) {
    const own = parseOwnBaseline(text, name)
    return { own, known: ownKnown(own) }
  }
  let document: unknown = null
  try {
    document = JSON.parse(text)
  } catch {
    // Told below, with everything else that is no baseline.
  }
  const known = gitleaksBaseline(document) ?? detectSecretsBaseline(document)
  if (known === null) throw new MusterError('input.unrecognised', `${name} is no baseline of muster, no JSON report of gitleaks and no baseline of detect-secrets`, { name })
  return { own: null, known }
}

/** A text file that was named on the command line. @throws MusterError file.unreadable, input.limit. */
export async function readText(path: string, what: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new MusterError('file.unreadable', `cannot read the ${what} ${path}: ${code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown error')}`, { path }, { cause: error })
  }
  if (bytes.length > MAX_BYTES) throw new MusterError('input.limit', `the ${what} ${path} has more than ${MAX_BYTES} bytes`, { path })
  return bytes.toString('utf8')
}

function ownKnown(own: OwnBaseline): KnownValues {
  return {
    count: own.entries.size,
    look: ({ secret }) => {
      const entry = own.entries.get(baselineFingerprint(own.salt, secret))
      return entry === undefined ? null : { state: entry.state, reason: entry.reason, by: 'baseline', until: entry.until }
    },
  }
}
