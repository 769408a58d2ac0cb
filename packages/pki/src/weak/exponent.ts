/** What is wrong with a public exponent. */
export type ExponentWeakness = 'exponent-1' | 'exponent-3' | 'exponent-even' | 'exponent-small' | 'exponent-large'

/** FIPS 186-5 §5.1: 2^16 < e < 2^256. What OpenSSL refuses for large moduli begins at 2^64. */
const SMALLEST = 65_537n
const LARGEST_BITS = 64n

/**
 * Judges an RSA public exponent; null when it is sound. 1 encrypts nothing, 3 has fallen to padding oversights (Bleichenbacher
 * 2006), an even one cannot decrypt, an oversized one usually hides a small private exponent (Wiener 1990).
 */
export function exponentWeakness(exponent: bigint): ExponentWeakness | null {
  if (exponent === 1n) return 'exponent-1'
  if (exponent === 3n) return 'exponent-3'
  if ((exponent & 1n) === 0n) return 'exponent-even'
  if (exponent < SMALLEST) return 'exponent-small'
  return exponent >> LARGEST_BITS === 0n ? null : 'exponent-large'
}
