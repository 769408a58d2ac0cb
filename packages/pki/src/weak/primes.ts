/** Primes below `limit` in order (sieve of Eratosthenes); `limit` up to a few million. */
export function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(Math.max(limit, 2))
  const primes: number[] = []
  for (let candidate = 2; candidate < limit; candidate++) {
    if (composite[candidate] === 1) continue
    primes.push(candidate)
    for (let multiple = candidate * candidate; multiple < limit; multiple += candidate) composite[multiple] = 1
  }
  return primes
}
