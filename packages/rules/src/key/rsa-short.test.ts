import { expect, it } from 'vitest'
import { certificate, context, credentialSubject, key, rsa } from '../fixtures.ts'
import { rsaShort } from './rsa-short.ts'

it('2047 bits are too short, 2048 are not, below 1024 is critical', () => {
  expect(rsaShort.check(credentialSubject(key({ key: rsa(2047) })), context)).toMatchObject({ severity: 'high', evidence: 'RSA 2047' })
  expect(rsaShort.check(credentialSubject(key({ key: rsa(2048) })), context)).toBeNull()
  expect(rsaShort.check(credentialSubject(certificate({ key: rsa(1023) })), context)).toMatchObject({ severity: 'critical' })
})

it('says nothing of other algorithms', () => {
  expect(rsaShort.check(credentialSubject(key()), context)).toBeNull()
})
