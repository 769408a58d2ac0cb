import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { signatureSha1 } from './signature-sha1.ts'

const sha1 = { signatureHash: 'sha1', signatureAlgorithm: 'sha1WithRSAEncryption' }

it('a SHA-1 signature is found, SHA-256 is not', () => {
  expect(signatureSha1.check(credentialSubject(certificate(sha1)), context)?.evidence).toBe('signed with sha1WithRSAEncryption')
  expect(signatureSha1.check(credentialSubject(certificate()), context)).toBeNull()
})

it("a root's signature on itself does not matter", () => {
  expect(signatureSha1.check(credentialSubject(certificate({ ...sha1, isCa: true, selfIssued: true })), context)).toBeNull()
})
