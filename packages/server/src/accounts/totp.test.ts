import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchingTotpStep, toBase32, totpCode, totpStep, totpUri } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

describe('TOTP', () => {
  it('gives the codes of RFC 6238 appendix B (SHA-1, last six digits)', () => {
    const vectors: readonly (readonly [number, string])[] = [
      [59, '287082'], [1111111109, '081804'], [1111111111, '050471'], [1234567890, '005924'], [2000000000, '279037'], [20000000000, '353130'],
    ]
    for (const [seconds, code] of vectors) expect(totpCode(secret, totpStep(new Date(seconds * 1000))), String(seconds)).toBe(code)
  })

  it('accepts one step either side of now and none further', () => {
    const now = new Date(1_700_000_000_000)
    const step = totpStep(now)
    for (const [offset, accepted] of [[-2, false], [-1, true], [0, true], [1, true], [2, false]] as const) {
      expect(matchingTotpStep(secret, totpCode(secret, step + offset), now, null), String(offset)).toBe(accepted ? step + offset : null)
    }
  })

  it('refuses a step that was used, and those before it', () => {
    const now = new Date(1_700_000_000_000)
    const step = totpStep(now)
    expect(matchingTotpStep(secret, totpCode(secret, step), now, step)).toBeNull()
    expect(matchingTotpStep(secret, totpCode(secret, step - 1), now, step)).toBeNull()
    expect(matchingTotpStep(secret, totpCode(secret, step + 1), now, step)).toBe(step + 1)
  })

  it('answers any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (code) => {
      expect([null, 2, 3, 4]).toContain(matchingTotpStep(secret, code, new Date(90_000), null))
    }))
  })

  it('writes secrets in the base32 of RFC 4648 §10', () => {
    for (const [text, base32] of [['', ''], ['f', 'MY'], ['fo', 'MZXQ'], ['foo', 'MZXW6'], ['foob', 'MZXW6YQ'], ['fooba', 'MZXW6YTB'], ['foobar', 'MZXW6YTBOI']] as const) {
      expect(toBase32(Buffer.from(text))).toBe(base32)
    }
    expect(totpUri('a@b.example', Buffer.from('foobar'))).toBe('otpauth://totp/Muster:a%40b.example?secret=MZXW6YTBOI&issuer=Muster&algorithm=SHA1&digits=6&period=30')
  })
})
