import { expect, it } from 'vitest'
import { context, credentialSubject, key, rsa } from '../fixtures.ts'
import { rsaExponent } from './rsa-exponent.ts'

const exponent = (value: string) => rsaExponent.check(credentialSubject(key({ key: rsa(2048, value) })), context)

it('1 and even exponents are critical, 3 is low, 5 and 65537 are fine', () => {
  expect(exponent('1')).toMatchObject({ severity: 'critical' })
  expect(exponent('65536')).toMatchObject({ severity: 'critical' })
  expect(exponent('3')).toEqual({ evidence: 'public exponent 3' })
  expect(exponent('5')).toBeNull()
  expect(exponent('65537')).toBeNull()
})
