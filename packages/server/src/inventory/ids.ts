import { type Clock, uuidV7 } from '@muster/core'

const POOL_BYTES = 16_384

/** UUID v7 ids of one batch: each sorts after the one before, also within a millisecond (RFC 9562 §6.2, method 1). */
export function orderedIds(clock: Clock): () => string {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  let count = 0
  // One instant for the whole batch: a clock set back must not put a later id before an earlier one.
  const frozen = clock.now()
  const still = { now: () => frozen }
  return () => uuidV7(still, (bytes) => {
    if (used + 6 > POOL_BYTES) {
      crypto.getRandomValues(pool)
      used = 0
    }
    bytes.set(pool.subarray(used, used + 6), 10)
    used += 6
    // 26 bits of counter where the version and the variant leave room.
    bytes[6] = (count >>> 22) & 0x0f
    bytes[7] = (count >>> 14) & 0xff
    bytes[8] = (count >>> 8) & 0x3f
    bytes[9] = count & 0xff
    count++
    return bytes
  })
}
