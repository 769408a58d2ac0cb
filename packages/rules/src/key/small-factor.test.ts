import { generatePrimeSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { context, credentialSubject, key, rsa } from '../fixtures.ts'
import { smallFactor } from './small-factor.ts'

const modulus = (n: bigint) => credentialSubject(key({ key: rsa(1024, '65537', n.toString(16)) }))

it('finds a small prime and an even modulus, and nothing in a sound one', () => {
  const p = generatePrimeSync(512, { bigint: true })
  const q = generatePrimeSync(512, { bigint: true })
  expect(smallFactor.check(modulus(p * 251n), context)).not.toBeNull()
  expect(smallFactor.check(modulus(p * 2n), context)).not.toBeNull()
  expect(smallFactor.check(modulus(p * q), context)).toBeNull()
})
