import { Secret } from '@muster/core'
import { secretDigest } from '@muster/detect/inspect'
import { z } from 'zod'
import type { KnownValues } from './known-values.ts'

const entrySchema = z.object({
  RuleID: z.string(), File: z.string(), StartLine: z.number(), EndLine: z.number(), Secret: z.string(), Commit: z.string().default(''),
})
const reportSchema = z.array(entrySchema).max(1_000_000)

type Entry = z.infer<typeof entrySchema>

/**
 * What a JSON report of gitleaks knows, null for a value that is none. An entry with its value holds for the value, wherever it stands; one that was
 * redacted for whatever stands at its lines, in its commit where it names one.
 */
export function gitleaksBaseline(report: unknown): KnownValues | null {
  const read = reportSchema.safeParse(report)
  if (!read.success) return null
  const digests = new Set<string>()
  const places = new Map<string, Entry[]>()
  for (const entry of read.data) {
    if (!isRedacted(entry.Secret)) digests.add(secretDigest(Secret.fromText(entry.Secret)))
    else places.set(plainPath(entry.File), [...places.get(plainPath(entry.File)) ?? [], entry])
  }
  return {
    count: read.data.length,
    look: (leak) => {
      const here = places.get(plainPath(leak.file)) ?? []
      const known = digests.has(secretDigest(leak.secret))
        || here.some(({ StartLine, EndLine, Commit }) => StartLine <= leak.endLine && leak.line <= EndLine && (Commit === '' || leak.commit === null || Commit === leak.commit.id))
      return known ? { state: 'new', reason: 'in a report of gitleaks', by: 'baseline' } : null
    },
  }
}

/** `REDACTED`, or a beginning and three dots, by `--redact`. */
function isRedacted(value: string): boolean {
  return value === '' || value === 'REDACTED' || value.endsWith('...')
}

/** Without `./` before it, and with `/` between its parts. */
export function plainPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
}
