import { createHash } from 'node:crypto'
import { certificateRequestSchema, crlSchema, isMusterError } from '@muster/core'
import { workbench } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as write from '../der/writer.ts'
import { parseCrl } from './crl.ts'
import { parseCertificateRequest } from './csr.ts'
import { parseOcspResponse } from './ocsp.ts'

const bench = workbench()
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const CONFIG = `[ca]
default_ca = d
[d]
database = index.txt
serial = serial
crlnumber = crlnumber
default_md = sha384
default_crl_days = 30
crl_extensions = crlext
policy = p
new_certs_dir = .
[p]
commonName = supplied
[crlext]
authorityKeyIdentifier = keyid
`

beforeAll(() => {
  bench.write('ca.cnf', CONFIG)
  bench.write('index.txt', ['01', '02', '0A'].map((serial, i) => `${i < 2 ? 'R' : 'V'}\t300101000000Z\t${i < 2 ? '260101000000Z,keyCompromise' : ''}\t${serial}\tunknown\t/CN=x${i}\n`).join(''))
  bench.write('crlnumber', '01F4')
  bench.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/O=Example/CN=CA', '-days', '30')
  bench.run('openssl', 'ca', '-config', 'ca.cnf', '-gencrl', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-out', 'crl.pem')
  bench.run('openssl', 'crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'crl.der')
  bench.run('openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-keyout', 'r.key', '-outform', 'DER', '-out', 'r.csr', '-subj', '/C=DE/CN=r.example', '-addext', 'subjectAltName=DNS:r.example,IP:10.0.0.1', '-addext', 'keyUsage=digitalSignature')
  bench.run('openssl', 'pkey', '-in', 'r.key', '-pubout', '-outform', 'DER', '-out', 'r.pub')
})
afterAll(() => bench.remove())

describe('a certificate request by OpenSSL', () => {
  it('is read with its names and key', () => {
    const der = bench.read('r.csr')
    const csr = parseCertificateRequest(der)
    expect(certificateRequestSchema.parse(csr)).toEqual(csr)
    expect(csr).toMatchObject({
      fingerprint: sha256(der), spkiSha256: sha256(bench.read('r.pub')), subject: 'CN=r.example,C=DE', commonName: 'r.example',
      subjectAltNames: [{ type: 'dns', value: 'r.example' }, { type: 'ip', value: '10.0.0.1' }], key: { algorithm: 'ec', curve: 'P-384' },
      signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256',
    })
  })
  it('is refused with bytes behind it', () => {
    expect(() => parseCertificateRequest(Buffer.concat([bench.read('r.csr'), Buffer.from('x')]))).toThrow('bytes after the request')
  })
})

describe('a revocation list', () => {
  it('by OpenSSL is read with its number and count', () => {
    const der = bench.read('crl.der')
    const crl = parseCrl(der)
    expect(crlSchema.parse(crl)).toEqual(crl)
    const text = bench.run('openssl', 'crl', '-in', 'crl.pem', '-noout', '-lastupdate', '-nextupdate')
    const [last, next] = text.trim().split('\n').map((line) => new Date(line.split('=')[1]!).toISOString())
    expect(crl).toMatchObject({
      fingerprint: sha256(der), issuer: 'CN=CA,O=Example', thisUpdate: last, nextUpdate: next, crlNumber: '1f4', entryCount: 2, isDelta: false,
      signatureAlgorithm: 'sha384WithRSAEncryption', signatureHash: 'sha384',
    })
    expect(crl.authorityKeyId).toMatch(/^[0-9a-f]{40}$/)
  })
  it('with 300,000 entries is counted without keeping them', () => {
    const entry = write.sequence(write.integer(0x1234567), write.utcTime(new Date('2026-01-01T00:00:00Z')))
    const algorithm = write.sequence(write.oid('1.2.840.113549.1.1.11'), write.nullValue())
    const time = write.utcTime(new Date('2026-01-01T00:00:00Z'))
    const tbs = write.sequence(write.integer(1), algorithm, write.sequence(), time, write.sequence(Buffer.alloc(entry.length * 300_000, entry)))
    expect(parseCrl(write.sequence(tbs, algorithm, write.bitString(Buffer.alloc(256))))).toMatchObject({ entryCount: 300_000, nextUpdate: null, crlNumber: null })
  })
})

describe('an OCSP response by OpenSSL', () => {
  const respond = (serial: string): Buffer => {
    bench.run('openssl', 'ocsp', '-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-issuer', 'ca.pem', '-serial', serial, '-ndays', '7', '-respout', 'ocsp.der', '-noverify')
    return bench.read('ocsp.der')
  }
  it('says good, revoked with time and reason, or unknown', () => {
    const [good, revoked, unknown] = ['0x0A', '0x01', '0x77'].map((serial) => parseOcspResponse(respond(serial)).basic!)
    expect(good!.responses[0]).toMatchObject({ serialNumber: 'a', certStatus: 'good', revokedAt: null, hashAlgorithm: 'sha1' })
    expect(revoked!.responses[0]).toMatchObject({ certStatus: 'revoked', revokedAt: '2026-01-01T00:00:00.000Z', revocationReason: 'keyCompromise' })
    expect(unknown!.responses[0]!.certStatus).toBe('unknown')
    expect(good!.responderName).toBe('CN=CA,O=Example')
    const [{ thisUpdate, nextUpdate }] = good!.responses as [NonNullable<typeof good>['responses'][number]]
    expect(new Date(nextUpdate!).getTime() - new Date(thisUpdate).getTime()).toBe(7 * 86_400_000)
  })
  it('may be a bare refusal', () => {
    expect(parseOcspResponse(Buffer.from('30030a0106', 'hex'))).toEqual({ status: 'unauthorized', basic: null })
    let error: unknown
    try { parseOcspResponse(Buffer.from('30030a0104', 'hex')) } catch (thrown) { error = thrown }
    expect(isMusterError(error, 'ocsp.invalid')).toBe(true)
  })
})
