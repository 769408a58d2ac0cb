import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/core'

const BURST_SECONDS = 0.1

/** Lets `ratePerSecond` callers through a second, evenly: at most a tenth of a second's worth at once. */
export class TokenBucket {
  readonly #rate: number
  readonly #capacity: number
  #tokens: number
  #at = performance.now()

  constructor(ratePerSecond: number) {
    this.#rate = ratePerSecond
    this.#capacity = Math.max(1, ratePerSecond * BURST_SECONDS)
    this.#tokens = this.#capacity
  }

  /**
   * Resolves when the caller may go on; callers are served in order.
   * @throws MusterError operation.cancelled when the signal is aborted meanwhile
   */
  async take(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#at) * this.#rate) / 1000) - 1
    this.#at = now
    if (this.#tokens >= 0) return
    // The debt says how many are queued before this caller; each waits its own share.
    try {
      await delay((-this.#tokens * 1000) / this.#rate, undefined, { signal })
    } catch {
      throw new MusterError('operation.cancelled', 'the scan was cancelled')
    }
  }
}
