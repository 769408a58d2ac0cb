import { Secret } from '@muster/core/basis'
import type { FoundSecret } from '@muster/detect/inspect'
import type { JobResult } from './inspection-job.ts'

type Plain = Omit<FoundSecret, 'secret' | 'match'> & { readonly secret: Uint8Array; readonly match: Uint8Array }

/** A job's result as it goes from one thread to another, where objects lose their classes. */
export type JobMessage = Omit<JobResult, 'results'> & { readonly results: readonly (Omit<JobResult['results'][number], 'found'> & { readonly found: readonly Plain[] })[] }

export function toMessage({ results, bytesRead }: JobResult): JobMessage {
  return {
    bytesRead,
    results: results.map((result) => ({ ...result, found: result.found.map((found) => ({ ...found, secret: found.secret.reveal(), match: found.match.reveal() })) })),
  }
}

export function fromMessage({ results, bytesRead }: JobMessage): JobResult {
  return {
    bytesRead,
    results: results.map((result) => ({ ...result, found: result.found.map((found) => ({ ...found, secret: new Secret(found.secret), match: new Secret(found.match) })) })),
  }
}
