import type { Clock, ScanProblem } from '@muster/core'
import type { FoundSecret } from '@muster/detect'
import type { InspectorSettings } from './inspection-job.ts'
import { InspectionPool } from './inspection-pool.ts'
import { readyRules } from './ready-rules.ts'

/** What a text holds, and what of it was not looked at. */
export type TextInspection = { readonly found: readonly FoundSecret[]; readonly problems: readonly ScanProblem[] }

/**
 * Looks at texts that are no files, such as standard input or a proposed change, in a thread of its own: a pattern that takes forever holds up nobody who
 * waits with a signal. {@link close} it.
 */
export class TextThread {
  readonly #pool: InspectionPool

  private constructor(pool: InspectionPool) {
    this.#pool = pool
  }

  /**
   * One with the rules of a configuration, null for the built-in ones.
   * @throws MusterError config.invalid
   */
  static async of({ config, ...settings }: Omit<InspectorSettings, 'maxFileBytes'> & { readonly config: string | null }, clock: Clock, signal: AbortSignal): Promise<TextThread> {
    return new TextThread(new InspectionPool(await readyRules(config, clock), { ...settings, maxFileBytes: Number.MAX_SAFE_INTEGER }, { threads: 1, clock, signal, alone: 0 }))
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
