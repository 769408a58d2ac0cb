import { type Clock, uuidV7 } from '@muster/core'

const POOL_BYTES = 16_384

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const hex = (byte: number) => HEX[byte & 0xff]!

/** UUID v7 ids of one batch: each sorts after the one before, also within a millisecond (RFC 9562 §6.2, method 1). */
export function orderedIds(clock: Clock): () => string {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  let count = 0
  // One instant for the whole batch: a clock set back must not put a later id before an earlier one.
  const prefix = uuidV7(clock).slice(0, 'xxxxxxxx-xxxx-7'.length)
  return () => {
    if (used + 6 > POOL_BYTES) {
      crypto.getRandomValues(pool)
      used = 0
    }
    // 26 bits of counter where the version and the variant leave room.
    const counter = `${((count >>> 22) & 0x0f).toString(16)}${hex(count >>> 14)}-${hex(0x80 | ((count >>> 8) & 0x3f))}${hex(count)}`
    count++
    let random = ''
    for (const end = used + 6; used < end; used++) random += hex(pool[used]!)
    return `${prefix}${counter}-${random}`
  }
}
