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

  /** @throws MusterError config.invalid */
  constructor(settings: Omit<InspectorSettings, 'maxFileBytes'>, clock: Clock, signal: AbortSignal) {
    this.#pool = new InspectionPool({ ...settings, maxFileBytes: Number.MAX_SAFE_INTEGER }, { threads: 1, clock, signal, alone: 0 })
  }

  /** What a copy of `bytes` holds; `path` is what rules about paths and formats see. Null when the signal came first. */
  async inspect(bytes: Uint8Array, path: string): Promise<TextInspection | null> {
    const { results: [result], whole } = await this.#pool.do({ items: [{ path, start: 0, end: bytes.length }], bytes: Uint8Array.from(bytes) })
    return whole ? { found: result?.found ?? [], problems: result?.problems ?? [] } : null
  }

  /** Ends the thread, whatever it is at. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}
