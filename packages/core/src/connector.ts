import { z } from 'zod'
import type { Clock } from './clock.ts'
import { observationSchema, scanProblemSchema } from './observation.ts'
import type { Secret } from './secret.ts'

export const scanProgressSchema = z.object({
  done: z.number().int().nonnegative(),
  /** Null while the amount of work is not known. */
  total: z.number().int().nonnegative().nullable(),
  unit: z.enum(['files', 'endpoints', 'blobs', 'requests']),
  /** What is being looked at now. */
  current: z.string().max(4096),
})
export type ScanProgress = z.infer<typeof scanProgressSchema>

/**
 * One step of a scan. The receiver stores the observations and the cursor in one transaction, so a scan that is killed and
 * resumed from the last stored cursor neither loses nor repeats anything. Within a scan a machine's sighting comes before
 * anything that refers to it, in the same or an earlier batch; after a resume, machines are introduced again.
 */
export const scanBatchSchema = z.object({
  observations: z.array(observationSchema).max(20_000),
  problems: z.array(scanProblemSchema).max(20_000),
  progress: scanProgressSchema,
  /** Where to resume after this batch; null when this connector cannot resume and must start over. */
  cursor: z.string().max(100_000).nullable(),
})
export type ScanBatch = z.infer<typeof scanBatchSchema>

export type ScanContext = {
  readonly clock: Clock
  /** Aborting ends the scan at the next await; sockets and files are closed. */
  readonly signal: AbortSignal
  /** The cursor of the last batch that was stored, to go on from there; null to start. */
  readonly resumeFrom: string | null
  /** Passphrases the operator gave for keystores and encrypted keys; tried, never guessed, never stored. */
  readonly passphrases: readonly Secret[]
}

/**
 * Keyed fingerprints for SHA-256 digests of secret values (`secretDigest` of the detection engine), both lower-case hex, in the same
 * order. The key stays with whoever answers: a scanner elsewhere asks the server, which never sees a value.
 */
export type SecretFingerprints = (digests: readonly string[]) => Promise<readonly string[]>

/** A source of observations. Pure of the store: it reads one kind of system and reports what it saw and what it could not. */
export type Connector<Options> = {
  readonly id: string
  readonly options: z.ZodType<Options>
  /** @throws MusterError only for options that make no sense; whatever goes wrong while scanning is a problem in a batch. */
  scan(options: Options, context: ScanContext): AsyncGenerator<ScanBatch, void, void>
}
