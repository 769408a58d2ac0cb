import { expect, it } from 'vitest'
import { context, credentialSubject, key } from '../fixtures.ts'
import { weakCurve } from './weak-curve.ts'

const curve = (name: string, sizeBits: number) =>
  credentialSubject(key({ key: { algorithm: 'ec', sizeBits, curve: name, rsaExponent: null, rsaModulus: null } }))

it('223 bits are too few, 224 are not', () => {
  expect(weakCurve.check(curve('P-192', 192), context)?.evidence).toBe('P-192, 192 bits')
  expect(weakCurve.check(curve('x', 223), context)).not.toBeNull()
  expect(weakCurve.check(curve('P-224', 224), context)).toBeNull()
})
