import { expect, it } from 'vitest'
import { context, credentialSubject, key, rsa } from '../fixtures.ts'
import { roca } from './roca.ts'

/** A number that, like every ROCA modulus, is a power of 65537 modulo the product of the small primes that are tested. */
function rocaShaped(): string {
  const primes = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n, 79n, 83n, 89n, 97n, 101n, 103n, 107n, 109n, 113n, 127n, 131n, 137n, 139n, 149n, 151n, 157n, 163n, 167n]
  const product = primes.reduce((all, prime) => all * prime, 2n)
  let power = 1n
  for (let i = 0; i < 1234; i++) power = (power * 65537n) % product
  return ((1n << 2047n) - ((1n << 2047n) % product) + product + power).toString(16)
}

it('finds a modulus of the faulty shape', () => {
  expect(roca.check(credentialSubject(key({ key: rsa(2048, '65537', rocaShaped()) })), context)).not.toBeNull()
})

it('does not find its neighbour, nor a key without a modulus', () => {
  const neighbour = (BigInt(`0x${rocaShaped()}`) + 2n).toString(16)
  expect(roca.check(credentialSubject(key({ key: rsa(2048, '65537', neighbour) })), context)).toBeNull()
  expect(roca.check(credentialSubject(key()), context)).toBeNull()
})
