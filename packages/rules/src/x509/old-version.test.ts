import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { oldVersion } from './old-version.ts'

it('versions 1 and 2 are found, 3 is not', () => {
  expect(oldVersion.check(credentialSubject(certificate({ version: 1 })), context)?.evidence).toBe('X.509 version 1')
  expect(oldVersion.check(credentialSubject(certificate({ version: 2 })), context)).not.toBeNull()
  expect(oldVersion.check(credentialSubject(certificate({ version: 3 })), context)).toBeNull()
})
