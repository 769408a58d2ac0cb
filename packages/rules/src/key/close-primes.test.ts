import { generatePrimeSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { context, credentialSubject, key, rsa } from '../fixtures.ts'
import { closePrimes } from './close-primes.ts'

const modulus = (p: bigint, q: bigint) => credentialSubject(key({ key: rsa(1024, '65537', (p * q).toString(16)) }))

/** The next number above `start` that passes Fermat's test to base 2; good enough for a fixture. */
function nextPrime(start: bigint): bigint {
  const power = (base: bigint, exponent: bigint, m: bigint) => {
    let result = 1n
    for (let b = base % m, e = exponent; e > 0n; e >>= 1n, b = (b * b) % m) if (e & 1n) result = (result * b) % m
    return result
  }
  let candidate = start + 2n
  while (power(2n, candidate - 1n, candidate) !== 1n) candidate += 2n
  return candidate
}

it('finds neighbouring primes and not independent ones', () => {
  const p = generatePrimeSync(512, { bigint: true })
  expect(closePrimes.check(modulus(p, nextPrime(p)), context)).not.toBeNull()
  expect(closePrimes.check(modulus(p, generatePrimeSync(512, { bigint: true })), context)).toBeNull()
})
