import { expect, it } from 'vitest'
import { context, sshdConfig } from '../fixtures.ts'
import { permitEmptyPasswords } from './permit-empty-passwords.ts'

it('yes in any case is found, no is not', () => {
  expect(permitEmptyPasswords.check(sshdConfig({ permitemptypasswords: ['Yes'] }), context)).not.toBeNull()
  expect(permitEmptyPasswords.check(sshdConfig({ permitemptypasswords: ['no'] }), context)).toBeNull()
  expect(permitEmptyPasswords.check(sshdConfig({}), context)).toBeNull()
})
