import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTestCertificate, testCa, type TestKeyType } from './ca.ts'

describe('the test CA', () => {
  it('issues chains that verify link by link', () => {
    const ca = testCa()
    const leaf = ca.issue({ subject: 'CN=leaf.example', sans: ['dns:leaf.example', 'ip:127.0.0.1', 'ip:::1'] })
    const [x, intermediate, root] = [leaf, ca.intermediate, ca.root].map(({ der }) => new X509Certificate(der))
    expect(x!.verify(intermediate!.publicKey)).toBe(true)
    expect(intermediate!.verify(root!.publicKey)).toBe(true)
    expect(x!.checkIssued(intermediate!)).toBe(true)
    expect(intermediate!.ca).toBe(true)
    expect(x!.subjectAltName).toBe('DNS:leaf.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  })

  it.each(['rsa-2048', 'rsa-pss', 'dsa-2048', 'P-256', 'P-384', 'P-521', 'secp256k1', 'ed25519', 'ed448', 'ml-dsa-65'] satisfies TestKeyType[])(
    'signs with %s keys', (keyType) => {
      const { der } = createTestCertificate({ keyType })
      const x = new X509Certificate(der)
      expect(x.verify(x.publicKey)).toBe(true)
    })

  it('makes weak certificates on request', () => {
    const x = new X509Certificate(createTestCertificate({ keyType: 'rsa-1024', hash: 'sha1', notBefore: '1999-01-01T00:00:00Z', notAfter: '2050-01-01T00:00:00Z', version: 1 }).der)
    expect(x.signatureAlgorithm).toBe('sha1WithRSAEncryption')
    expect(x.validTo).toBe('Jan  1 00:00:00 2050 GMT')
    expect(x.verify(x.publicKey)).toBe(true)
  })
})
