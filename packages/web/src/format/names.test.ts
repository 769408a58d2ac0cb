import { describe, expect, it } from 'vitest'
import { colonHex, keyName, modeText, pemOf, pluralText, shortHex, shortName } from './names.ts'

describe('names', () => {
  it('finds the common name, unescaped, and falls back to the whole name', () => {
    expect(shortName('O=Example\\, Inc.,CN=web\\,1')).toBe('web,1')
    expect(shortName('O=No common name')).toBe('O=No common name')
    expect(shortName('OU=XCN=trap,CN=real')).toBe('real')
  })
  it('writes keys as people say them', () => {
    expect([keyName('rsa', 2048, null), keyName('ec', 256, 'P-256'), keyName('ml-dsa-65', null, null), keyName('rsa', null, null), keyName(null, null, null)]).toEqual(
      ['RSA 2048', 'EC P-256', 'ML-DSA-65', 'RSA', ''],
    )
  })
  it('writes file modes in both forms', () => {
    expect(modeText(0o640)).toBe('rw-r----- (0640)')
    expect(modeText(0)).toBe('--------- (0000)')
  })
  it('breaks PEM into lines of 64 (RFC 7468 §2)', () => {
    expect(pemOf('CERTIFICATE', 'A'.repeat(65))).toBe(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\nA\n-----END CERTIFICATE-----\n`)
  })
  it('shortens only what is long', () => {
    expect(shortHex('ab'.repeat(32))).toBe('abababab…abab')
    expect(shortHex('abab')).toBe('abab')
    expect(colonHex('0a1b2')).toBe('0a:1b:2')
    expect(pluralText(1, 'finding') + pluralText(1200, 'finding')).toBe('1 finding1,200 findings')
  })
})
