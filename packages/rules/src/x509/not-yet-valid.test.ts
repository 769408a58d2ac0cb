import { expect, it } from 'vitest'
import { at, certificate, context, credentialSubject } from '../fixtures.ts'
import { notYetValid } from './not-yet-valid.ts'

it('the notBefore second is valid, the second before it is not', () => {
  expect(notYetValid.check(credentialSubject(certificate({ notBefore: at(-1) })), context)).toBeNull()
  expect(notYetValid.check(credentialSubject(certificate({ notBefore: at(0) })), context)).toBeNull()
  expect(notYetValid.check(credentialSubject(certificate({ notBefore: at(1) })), context)).toMatchObject({ due: at(1) })
})
