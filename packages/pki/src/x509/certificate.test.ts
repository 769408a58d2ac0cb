import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { certificateSchema, isMusterError } from '@muster/core'
import { createTestCertificate, testCa, type TestCertificateOptions, type TestKeyType } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import * as write from '../der/writer.ts'
import { parseCertificate } from './certificate.ts'

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const openssl = (der: Buffer, ...args: string[]): string => execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', ...args], { input: der }).toString()
const code = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isMusterError(error)) return error.code
    throw error
  }
  return 'accepted'
}

const ca = testCa()
const matrix: Record<string, TestCertificateOptions> = {
  'a leaf with everything': {
    subject: 'C=DE,O=Example GmbH,CN=www.example.com', sans: ['dns:www.example.com', 'dns:*.example.com', 'ip:192.0.2.1', 'ip:2001:db8::1', 'email:a@example.com', 'uri:https://example.com/x'],
    crlUrls: ['http://crl.example.com/a.crl', 'http://crl.example.com/b.crl'], ocspUrls: ['http://ocsp.example.com/'], caIssuersUrls: ['http://ca.example.com/ca.cer'],
    policies: ['2.23.140.1.2.2', '1.3.6.1.4.1.44947.1.1.1'], mustStaple: true, extendedKeyUsage: ['serverAuth', 'clientAuth', '1.3.6.1.4.1.55555.1'], issuer: ca.intermediate,
  },
  'a CA with a path length': { ca: true, pathLength: 3, subject: 'CN=Some CA' },
  'a version 1 certificate': { version: 1 },
  'an empty subject': { subject: '', sans: ['dns:only.example'] },
  'a negative serial number': { serialNumber: -123456789n },
  'a serial number of zero': { serialNumber: 0n },
  'a serial number of 20 octets': { serialNumber: (1n << 159n) - 1n },
  'a validity in generalized time': { notBefore: '2049-12-31T23:59:59Z', notAfter: '2050-01-01T00:00:00Z' },
  'a validity from 1950': { notBefore: '1950-01-01T00:00:00Z', notAfter: '9999-12-31T23:59:59Z' },
  'RSA with SHA-1': { keyType: 'rsa-1024', hash: 'sha1' },
  'RSA with MD5': { keyType: 'rsa-1024', hash: 'md5' },
  'names in every string type': {
    subject: [
      { type: 'CN', value: 'Zoë Łódź', as: 'utf8' }, { type: 'O', value: 'Bmp Ωmega', as: 'bmp' }, { type: 'OU', value: 'Caf\xe9', as: 't61' },
      { type: 'L', value: 'Plain', as: 'printable' }, { type: 'emailAddress', value: 'a@example.com', as: 'ia5' },
    ],
  },
}

describe('parseCertificate agrees with Node and OpenSSL on', () => {
  it.each(Object.entries(matrix))('%s', (_, options) => {
    const { der, spkiDer } = createTestCertificate(options)
    const [c, x] = [parseCertificate(der), new X509Certificate(der)]
    expect(certificateSchema.parse(c)).toEqual(c)
    expect(c.fingerprint).toBe(x.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(c.spkiSha256).toBe(hex(spkiDer))
    expect(c.der).toBe(der.toString('base64'))
    expect(BigInt(`0x${c.serialNumber.replace('-', '')}`)).toBe(BigInt(`0x${x.serialNumber.replace('-', '')}`))
    expect(c.serialNumber.startsWith('-')).toBe(openssl(der, '-serial').includes('=-'))
    expect([c.notBefore, c.notAfter]).toEqual([x.validFromDate.toISOString(), x.validToDate.toISOString()])
    expect(c.isCa).toBe(x.ca)
    expect(c.signatureAlgorithm).toBe(x.signatureAlgorithm)
    expect(c.subject).toBe(openssl(der, '-subject', '-nameopt', 'RFC2253,utf8,-esc_msb').replace('subject=', '').trimEnd())
    expect(c.issuer).toBe(openssl(der, '-issuer', '-nameopt', 'RFC2253,utf8,-esc_msb').replace('issuer=', '').trimEnd())
    expect(c.selfIssued).toBe(x.subject === x.issuer)
    expect(c.version).toBe(options.version ?? 3)
    expect((x.keyUsage ?? []).filter((oid) => /^\d/.test(oid)).length).toBe(c.extendedKeyUsage?.length ?? 0)
  })

  it.each([
    ['rsa-1024', 'rsa', 1024, null], ['rsa-2048', 'rsa', 2048, null], ['rsa-3072', 'rsa', 3072, null], ['rsa-pss', 'rsa-pss', 2048, null], ['dsa-2048', 'dsa', 2048, null],
    ['P-256', 'ec', 256, 'P-256'], ['P-384', 'ec', 384, 'P-384'], ['P-521', 'ec', 521, 'P-521'], ['secp256k1', 'ec', 256, 'secp256k1'],
    ['ed25519', 'ed25519', 256, null], ['ed448', 'ed448', 456, null], ['ml-dsa-44', 'ml-dsa-44', 44, null], ['ml-dsa-65', 'ml-dsa-65', 65, null], ['ml-dsa-87', 'ml-dsa-87', 87, null],
  ] as const)('the key of a %s certificate', (keyType: TestKeyType, algorithm, sizeBits, curve) => {
    const { der } = createTestCertificate({ keyType })
    const [{ key }, x] = [parseCertificate(der), new X509Certificate(der)]
    expect(key).toMatchObject({ algorithm, sizeBits, curve })
    const details = x.publicKey.asymmetricKeyDetails
    if (algorithm === 'rsa') {
      expect(key.rsaModulus).toBe(Buffer.from(x.publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex'))
      expect(key.rsaExponent).toBe(details!.publicExponent!.toString())
    }
    if (details?.modulusLength !== undefined) expect(key.sizeBits).toBe(details.modulusLength)
  })
})

describe('the extensions of a certificate', () => {
  const c = parseCertificate(createTestCertificate({ ...matrix['a leaf with everything'], sctCount: 3, keyUsage: ['digitalSignature', 'keyAgreement', 'decipherOnly'] }).der)

  it('are told by their names', () => {
    expect(c).toMatchObject({
      keyUsage: ['digitalSignature', 'keyAgreement', 'decipherOnly'], extendedKeyUsage: ['serverAuth', 'clientAuth', '1.3.6.1.4.1.55555.1'],
      crlDistributionPoints: ['http://crl.example.com/a.crl', 'http://crl.example.com/b.crl'], ocspUrls: ['http://ocsp.example.com/'],
      caIssuersUrls: ['http://ca.example.com/ca.cer'], policies: ['2.23.140.1.2.2', '1.3.6.1.4.1.44947.1.1.1'], mustStaple: true, sctCount: 3,
      authorityKeyId: ca.intermediate.keyId.toString('hex'), hasBasicConstraints: false, pathLength: null, unknownCriticalExtensions: [],
    })
  })

  it('keep subject alternative names in order and by type', () => {
    expect(c.subjectAltNames).toEqual([
      { type: 'dns', value: 'www.example.com' }, { type: 'dns', value: '*.example.com' }, { type: 'ip', value: '192.0.2.1' },
      { type: 'ip', value: '2001:db8::1' }, { type: 'email', value: 'a@example.com' }, { type: 'uri', value: 'https://example.com/x' },
    ])
  })

  it('tell a UPN from other names that are not text', () => {
    const other = write.explicit(0, write.oid('1.2.3'), write.explicit(0, write.sequence(write.integer(5))))
    const value = write.sequence(write.explicit(0, write.oid('1.3.6.1.4.1.311.20.2.3'), write.explicit(0, write.utf8String('käthe@realm'))), other)
    const { subjectAltNames } = createTestCertificate({ extraExtensions: [{ oid: '2.5.29.17', value }] }).cert
    expect(subjectAltNames).toEqual([{ type: 'upn', value: 'käthe@realm' }, { type: 'other', value: '1.2.3:#020105' }])
  })

  it('name critical ones nobody here understands', () => {
    const extraExtensions = [{ oid: '1.2.3.4.5', critical: true, value: write.nullValue() }, { oid: '1.2.3.4.6', value: write.nullValue() }]
    expect(createTestCertificate({ extraExtensions }).cert.unknownCriticalExtensions).toEqual(['1.2.3.4.5'])
  })

  it('hold up to 2000 names, and a certificate with more is refused', () => {
    const sans = (count: number): string[] => Array.from({ length: count }, (_, i) => `dns:h${i}.example.com`)
    const { der, cert } = createTestCertificate({ sans: sans(2000) })
    expect(cert.subjectAltNames.map(({ value }) => `DNS:${value}`).join(', ')).toBe(new X509Certificate(der).subjectAltName)
    expect(code(() => createTestCertificate({ sans: sans(2001) }))).toBe('der.limit')
  })

  it('must not occur twice', () => {
    const twice = { oid: '2.5.29.14', value: write.octetString(Buffer.from([1])) }
    expect(code(() => createTestCertificate({ noKeyIds: true, extraExtensions: [twice, twice] }))).toBe('certificate.invalid')
  })
})

describe('texts in certificates are safe to store and print', () => {
  it('controls, NUL and lone surrogates are escaped, and what is too long ends in an ellipsis', () => {
    const subject = [{ type: 'CN', value: 'a\u0000b\u001b[31m', as: 'utf8' as const }, { type: 'O', value: '\ud800x', as: 'bmp' as const }]
    const { cert } = createTestCertificate({ subject, sans: [`dns:${'x'.repeat(1025)}`, `dns:${'y'.repeat(1024)}`, 'dns:evil.com\u0000.good.com'] })
    expect(cert.commonName).toBe('a\\00b\\1B[31m')
    expect(cert.subject).toBe('O=\ufffdx,CN=a\\00b\\1B[31m')
    expect(cert.subjectAltNames.map(({ value }) => value)).toEqual([`${'x'.repeat(1023)}…`, 'y'.repeat(1024), 'evil.com\\00.good.com'])
  })
})

describe('parseCertificate refuses', () => {
  const { der } = createTestCertificate()
  it('every truncation', () => {
    for (let length = 0; length < der.length; length++) expect(code(() => parseCertificate(der.subarray(0, length)))).toMatch(/^(der|certificate)\./)
  })
  it('bytes behind the certificate', () => expect(code(() => parseCertificate(Buffer.concat([der, Buffer.from([0])])))).toBe('certificate.invalid'))
  it('more than 75,000 bytes before it looks at any', () => {
    expect(code(() => parseCertificate(Buffer.alloc(75_001)))).toBe('der.limit')
    expect(code(() => parseCertificate(Buffer.alloc(75_000)))).toBe('der.invalid')
  })
  it('a signature algorithm that differs inside and outside', () => {
    const copy = Buffer.from(der)
    const oid = Buffer.from('06082a8648ce3d040302', 'hex')
    copy[copy.lastIndexOf(oid) + oid.length - 1] = 3
    expect(code(() => parseCertificate(copy))).toBe('certificate.invalid')
  })
  it('dates that do not exist', () => {
    const copy = Buffer.from(der)
    copy.write('260231', copy.indexOf('251231'))
    expect(code(() => parseCertificate(copy))).toBe('der.invalid')
  })
})
