import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { noPqcGroup } from './no-pqc.ts'

it('a hybrid group is enough, classical groups are not, and not asked says nothing', () => {
  expect(noPqcGroup.check(tlsEndpoint([], { groups: ['x25519', 'X25519MLKEM768'] }), context)).toBeNull()
  expect(noPqcGroup.check(tlsEndpoint([], { groups: ['x25519'] }), context)?.evidence).toBe('offers x25519')
  expect(noPqcGroup.check(tlsEndpoint([]), context)).toBeNull()
})
