/** A source of whole numbers in 0 … bound − 1. */
export type RandomInteger = (bound: number) => number

/** A small generator (xorshift32) whose whole run follows from `seed`, so that a crash can be run again. */
export function seededRandom(seed: number): RandomInteger {
  let state = seed | 0 || 1
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const INTERESTING = [0x00, 0x01, 0x05, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xa3, 0xff] as const

/** A copy of `bytes` with one to eight changes of the kinds that break readers: bits, lengths, tags, cuts, repeats, nesting. */
export function mutate(bytes: Uint8Array, random: RandomInteger): Buffer {
  let current = Buffer.from(bytes)
  for (let left = 1 + random(8); left > 0; left--) current = mutateOnce(current, random)
  return current
}

function mutateOnce(bytes: Buffer<ArrayBuffer>, random: RandomInteger): Buffer<ArrayBuffer> {
  if (bytes.length === 0) return Buffer.from([random(256)])
  const at = random(bytes.length)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const length = 1 + random(64)
  switch (random(8)) {
    case 0: bytes[at]! ^= 1 << random(8); return bytes
    case 1: bytes[at] = random(256); return bytes
    case 2: bytes[at] = INTERESTING[random(INTERESTING.length)]!; return bytes
    case 3: bytes[at] = (bytes[at]! + (random(2) === 0 ? 1 : 255)) & 0xff; return bytes
    case 4: return Buffer.from(random(4) === 0 ? before : bytes)
    case 5: return Buffer.concat([before, after.subarray(0, length), after])
    case 6: return Buffer.concat([before, after.subarray(length)])
    default: return nest(bytes, random)
  }
}

/** Wraps a part in another element, up to 40 times. */
function nest(bytes: Buffer<ArrayBuffer>, random: RandomInteger): Buffer<ArrayBuffer> {
  const at = random(bytes.length)
  let inner = bytes.subarray(at)
  for (let left = 1 + random(40); left > 0 && inner.length < 60_000; left--) {
    inner = Buffer.concat([Buffer.from([INTERESTING[random(INTERESTING.length)]!, 0x82, inner.length >> 8, inner.length & 0xff]), inner])
  }
  return Buffer.concat([bytes.subarray(0, at), inner])
}
