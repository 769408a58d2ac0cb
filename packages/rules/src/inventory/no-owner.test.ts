import { expect, it } from 'vitest'
import { certificate, ciVariable, context, credentialSubject, fileLine, key, keyFile, place, secret, served } from '../fixtures.ts'
import { noOwner } from './no-owner.ts'

const nobody = { labels: { owner: null, criticality: null, environment: null, purpose: null } }

it('a served certificate or a private key without an owner is found', () => {
  expect(noOwner.check(credentialSubject(certificate(), [place(served())], nobody), context)).toMatchObject({ severity: 'low' })
  expect(noOwner.check(credentialSubject(key(), [place(keyFile())], nobody), context)).toMatchObject({ severity: 'low' })
})

it('an owned one, or a CA certificate that merely lies around, is not', () => {
  expect(noOwner.check(credentialSubject(key(), [place(keyFile())]), context)).toBeNull()
  expect(noOwner.check(credentialSubject(certificate({ isCa: true }), [place(keyFile({ part: 'certificate' }))], nobody), context)).toBeNull()
})

it('a secret without an owner is found, a name without a value and a password’s hash are not', () => {
  expect(noOwner.check(credentialSubject(secret(), [fileLine()], nobody), context)).toMatchObject({ severity: 'info' })
  expect(noOwner.check(credentialSubject(secret({ valueKnown: false }), [ciVariable()], nobody), context)).toBeNull()
  expect(noOwner.check(credentialSubject(secret({ secretType: 'password-hash' }), [fileLine()], nobody), context)).toBeNull()
})
