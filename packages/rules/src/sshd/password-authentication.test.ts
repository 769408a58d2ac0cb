import { expect, it } from 'vitest'
import { context, sshdConfig } from '../fixtures.ts'
import { passwordAuthentication } from './password-authentication.ts'

it('only an explicit no will do', () => {
  expect(passwordAuthentication.check(sshdConfig({}), context)?.evidence).toContain('default is yes')
  expect(passwordAuthentication.check(sshdConfig({ passwordauthentication: ['yes'] }), context)).not.toBeNull()
  expect(passwordAuthentication.check(sshdConfig({ passwordauthentication: ['no'] }), context)).toBeNull()
})
