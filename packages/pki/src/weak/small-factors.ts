import { primesBelow } from './primes.ts'
import { gcd } from './product-tree.ts'

/** Odd primes below this are looked for. */
export const SMALL_FACTOR_LIMIT = 10_000

let primorial: bigint | null = null

function productOf(numbers: readonly number[]): bigint {
  if (numbers.length === 1) return BigInt(numbers[0]!)
  const middle = numbers.length >>> 1
  return productOf(numbers.slice(0, middle)) * productOf(numbers.slice(middle))
}

/**
 * The product of the odd primes below {@link SMALL_FACTOR_LIMIT} that divide the modulus; 1n when none does, as it is for every
 * sound key. One division and one gcd.
 */
export function smallFactorOf(modulus: bigint): bigint {
  primorial ??= productOf(primesBelow(SMALL_FACTOR_LIMIT).slice(1))
  return modulus <= 0n ? 1n : gcd(primorial % modulus, modulus)
}
