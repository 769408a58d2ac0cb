import { createHash } from 'node:crypto'
import type { SecretState } from '@muster/core'
import { z } from 'zod'
import { plainPath } from './gitleaks-baseline.ts'
import type { KnownValues } from './known-values.ts'

const entrySchema = z.object({
  type: z.string(), hashed_secret: z.string().regex(/^[0-9a-f]{40}$/),
  line_number: z.number().int().default(0),
  /** What an audit said: true for a real secret. */
  is_secret: z.boolean().optional(),
})
const baselineSchema = z.object({ version: z.string(), results: z.record(z.string(), z.array(entrySchema)) })

/**
 * What a `.secrets.baseline` of detect-secrets knows, null for a value that is none. Entries are the SHA-1 of their value and hold wherever it stands.
 * Those of private keys are the SHA-1 of their first line and hold for every key of their file; those of GitHub's and some of GitLab's tokens the SHA-1
 * of the token's prefix (its patterns have a group there), and hold for what has this prefix at their line.
 */
export function detectSecretsBaseline(document: unknown): KnownValues | null {
  const read = baselineSchema.safeParse(document)
  if (!read.success) return null
  const values = new Map<string, SecretState>()
  const places = new Map<string, SecretState>()
  const keyFiles = new Map<string, SecretState>()
  let count = 0
  for (const [file, entries] of Object.entries(read.data.results)) {
    for (const { type, hashed_secret: hash, line_number: line, is_secret: audited } of entries) {
      const state = audited === undefined ? 'new' : audited ? 'confirmed' : 'false-positive'
      if (type === 'Private Key') keyFiles.set(plainPath(file), state)
      values.set(hash, state)
      places.set(`${plainPath(file)}\0${line}\0${hash}`, state)
      count++
    }
  }
  return {
    count,
    look: ({ secret, kind, file, line }) => {
      const value = secret.reveal()
      const state = values.get(sha1(value))
        ?? places.get(`${plainPath(file)}\0${line}\0${sha1(prefixOf(value))}`)
        ?? (/private-key/.test(kind) ? keyFiles.get(plainPath(file)) : undefined)
      return state === undefined ? null : { state, reason: 'in a baseline of detect-secrets', by: 'baseline' }
    },
  }
}

function sha1(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/** What stands before the first `_` or `-`. */
function prefixOf(value: Uint8Array): Uint8Array {
  const end = value.findIndex((byte) => byte === 0x5f || byte === 0x2d)
  return value.subarray(0, Math.max(0, end))
}
