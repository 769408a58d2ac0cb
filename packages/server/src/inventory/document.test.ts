import { parseCertificate } from '@muster/pki'
import { createTestCertificate, testCa } from '@muster/testkit'
import { expect, it } from 'vitest'
import { readDocument, toDocument } from './document.ts'
import { sampleCertificate, sampleKey } from './samples.ts'

const der = createTestCertificate({ issuer: testCa({ name: 'One' }).intermediate, subject: 'CN=a.example', sans: ['dns:a.example'] }).der
const certificate = parseCertificate(der)

it.each([true, false])('a certificate is kept as its DER alone and read back the same, read by ourselves (%s) or not', (ownReading) => {
  const document = toDocument(certificate, ownReading)
  expect(document.facts).toBeNull()
  expect(readDocument(document)).toEqual(certificate)
})

it('a certificate whose DER is unreadable or another one is kept as reported', () => {
  for (const odd of [sampleCertificate('x'), { ...certificate, fingerprint: sampleCertificate('x').fingerprint }]) {
    const document = toDocument(odd, false)
    expect(document.facts).not.toBeNull()
    expect(readDocument(document)).toEqual(odd)
  }
})

it('other credentials are kept as reported', () => {
  const key = sampleKey('k', 'ssh-key')
  expect(readDocument(toDocument(key, false))).toEqual(key)
})
