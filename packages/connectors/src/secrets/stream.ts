import type { Clock, ScanProblem } from '@muster/core'
import type { FoundSecret } from '@muster/detect'
import type { InspectorSettings } from './inspection-job.ts'
import { InspectionPool } from './inspection-pool.ts'

/** What a text holds, and what of it was not looked at. */
export type TextInspection = { readonly found: readonly FoundSecret[]; readonly problems: readonly ScanProblem[] }

/**
 * Looks at texts that are no files, such as standard input or a proposed change, in a thread of its own: a pattern that takes forever holds up nobody who
 * waits with a signal. {@link close} it.
 */
export class TextThread {
  readonly #pool: InspectionPool
  readonly #signal: AbortSignal
  readonly #stopped = Promise.withResolvers<null>()
  readonly #stop = (): void => { this.#stopped.resolve(null) }

  /** @throws MusterError config.invalid */
  constructor(settings: Omit<InspectorSettings, 'maxFileBytes'>, clock: Clock, signal: AbortSignal) {
    this.#pool = new InspectionPool({ ...settings, maxFileBytes: Number.MAX_SAFE_INTEGER }, 1, clock, 0)
    this.#signal = signal
    if (signal.aborted) this.#stop()
    else signal.addEventListener('abort', this.#stop, { once: true })
  }

  /** What a copy of `bytes` holds; `path` is what rules about paths and formats see. Null when the signal came first. */
  async inspect(bytes: Uint8Array, path: string): Promise<TextInspection | null> {
    const job = this.#pool.do({ items: [{ path, start: 0, end: bytes.length }], bytes: Uint8Array.from(bytes) })
    job.catch(() => {})
    const done = await Promise.race([job, this.#stopped.promise])
    return done === null ? null : { found: done.results[0]?.found ?? [], problems: done.results[0]?.problems ?? [] }
  }

  /** Ends the thread, whatever it is at. */
  close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop)
    return this.#pool.close()
  }
}
