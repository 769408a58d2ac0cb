import { execFileSync } from 'node:child_process'
import { createTestCertificate, nameDer, type TestName } from '@muster/testkit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as write from '../der/writer.ts'
import { parseName } from './name.ts'

const text = (name: TestName): string => parseName(nameDer(name)).text

describe('a distinguished name by RFC 4514', () => {
  it.each([
    ['Smith, John', 'CN=Smith\\, John'], ['a+b', 'CN=a\\+b'], ['"q"', 'CN=\\"q\\"'], ['a\\b', 'CN=a\\\\b'], ['<a>', 'CN=\\<a\\>'], ['a;b', 'CN=a\\;b'],
    ['#hash', 'CN=\\#hash'], ['mid#hash', 'CN=mid#hash'], [' lead', 'CN=\\ lead'], ['trail ', 'CN=trail\\ '], ['mid dle', 'CN=mid dle'], ['Lučić', 'CN=Lučić'], ['', 'CN='],
    ['a\u0000b', 'CN=a\\00b'], ['x=y', 'CN=x=y'],
  ])('writes the value %j as %s', (value, expected) => expect(text([{ type: 'CN', value }])).toBe(expected))

  it('is written last part first, parts of one set joined by a plus', () => {
    const attribute = (type: string, value: string): Buffer => write.sequence(write.oid(type), write.utf8String(value))
    const der = write.sequence(write.set(attribute('2.5.4.6', 'DE')), write.set(attribute('2.5.4.3', 'a'), attribute('2.5.4.10', 'b')))
    expect(parseName(der)).toEqual({
      text: 'CN=a+O=b,C=DE', commonName: 'a',
      attributes: [{ oid: '2.5.4.6', type: 'C', value: 'DE' }, { oid: '2.5.4.3', type: 'CN', value: 'a' }, { oid: '2.5.4.10', type: 'O', value: 'b' }],
    })
  })
  it('has attributes nobody named as OID and hex', () => expect(text([{ type: '1.2.3.4', value: 'hi' }])).toBe('1.2.3.4=#0c026869'))
  it('with two common names is known by the most specific', () => {
    expect(parseName(nameDer([{ type: 'CN', value: 'general' }, { type: 'CN', value: 'specific' }])).commonName).toBe('specific')
  })
  it('longer than 4096 characters ends in an ellipsis', () => {
    const long = text([{ type: 'O', value: 'x'.repeat(5000) }])
    expect([long.length, long.at(-1)]).toEqual([4096, '…'])
  })
  it('agrees with OpenSSL on printable ASCII', () => {
    const value = fc.string({ unit: fc.constantFrom(...' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~'), minLength: 1, maxLength: 30 })
    fc.assert(fc.property(value, (cn) => {
      const { der, cert } = createTestCertificate({ subject: [{ type: 'O', value: 'x' }, { type: 'CN', value: cn }] })
      const printed = execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253'], { input: der }).toString()
      expect(cert.subject).toBe(printed.replace('subject=', '').replace(/\n$/, ''))
    }), { numRuns: 60 })
  })
})
