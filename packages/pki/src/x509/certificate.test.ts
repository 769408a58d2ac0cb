import { X509Certificate } from 'node:crypto'
import { certificateSchema } from '@muster/core'
import { createTestCertificate } from '@muster/testkit'
import { expect, it } from 'vitest'
import { parseCertificate } from './certificate.ts'
it('smoke', () => {
  const { der } = createTestCertificate({ sans: ['dns:a.example', 'ip:2001:db8::1', 'upn:a@b'], sctCount: 2, mustStaple: true, crlUrls: ['http://a/b'], ocspUrls: ['http://o/'], policies: ['2.23.140.1.2.1'] })
  const c = parseCertificate(der)
  expect(certificateSchema.parse(c)).toEqual(c)
  expect(c.fingerprint).toBe(new X509Certificate(der).fingerprint256.replaceAll(':', '').toLowerCase())
})
