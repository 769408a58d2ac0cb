import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { signatureMd5 } from './signature-md5.ts'

it.each(['md2', 'md4', 'md5'])('%s is found', (signatureHash) => {
  expect(signatureMd5.check(credentialSubject(certificate({ signatureHash, signatureAlgorithm: `${signatureHash}WithRSAEncryption` })), context)?.evidence).toContain(signatureHash)
})

it('an algorithm without a hash of its own is fine', () => {
  expect(signatureMd5.check(credentialSubject(certificate({ signatureHash: null, signatureAlgorithm: 'ED25519' })), context)).toBeNull()
})
