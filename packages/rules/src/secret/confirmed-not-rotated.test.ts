import { expect, it } from 'vitest'
import { secretStates } from '@muster/core'
import { context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { confirmedNotRotated } from './confirmed-not-rotated.ts'

it.each(secretStates)('a secret that is %s', (secretState) => {
  expect(confirmedNotRotated.check(credentialSubject(secret(), [fileLine()], { secretState }), context) !== null).toBe(secretState === 'confirmed')
})

it('confirmed and gone from everywhere is not found', () => {
  expect(confirmedNotRotated.check(credentialSubject(secret(), [], { secretState: 'confirmed' }), context)).toBeNull()
})
