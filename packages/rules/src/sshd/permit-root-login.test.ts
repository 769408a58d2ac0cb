import { expect, it } from 'vitest'
import { context, sshdConfig } from '../fixtures.ts'
import { permitRootLogin } from './permit-root-login.ts'

it('yes is found; prohibit-password, no and the default are not', () => {
  expect(permitRootLogin.check(sshdConfig({ permitrootlogin: ['yes'] }), context)).toEqual({ evidence: 'PermitRootLogin yes' })
  expect(permitRootLogin.check(sshdConfig({ permitrootlogin: ['prohibit-password'] }), context)).toBeNull()
  expect(permitRootLogin.check(sshdConfig({}), context)).toBeNull()
})
