import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { ssl3Offered } from './ssl3.ts'

it('is found when offered, not when merely not asked', () => {
  expect(ssl3Offered.check(tlsEndpoint([], { versions: ['SSLv3', 'TLSv1.2'] }), context)).not.toBeNull()
  expect(ssl3Offered.check(tlsEndpoint([]), context)).toBeNull()
  expect(ssl3Offered.check(tlsEndpoint([], { versions: null }), context)).toBeNull()
})
