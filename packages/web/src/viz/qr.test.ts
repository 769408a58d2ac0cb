import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignmentCentres, layoutOf } from './qr-tables.ts'
import { interleave, qrMatrix } from './qr.ts'
import { alpha, checkCodewords, multiply } from './reed-solomon.ts'

describe('Reed-Solomon', () => {
  it('gives the check codewords of the standard’s example (ISO/IEC 18004 annex I, 01234567, 1-M)', () => {
    const data = [0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11]
    expect(checkCodewords(data, 10)).toEqual([0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55])
  })

  it('makes every codeword vanish at the roots of the generator', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (data, count) => {
        const word = [...data, ...checkCodewords(data, count)]
        for (let root = 0; root < count; root++) expect(word.reduce((value, byte) => multiply(value, alpha(root)) ^ byte, 0)).toBe(0)
      }),
    )
  })
})

describe('QR codes', () => {
  it('knows the capacities of the standard (table 7, level M)', () => {
    expect([1, 2, 5, 6, 7, 10, 14, 20].map((version) => layoutOf(version).dataCodewords)).toEqual([16, 28, 86, 108, 124, 216, 365, 669])
    expect([2, 7, 14, 20].map(alignmentCentres)).toEqual([[6, 18], [6, 22, 38], [6, 26, 46, 66], [6, 34, 62, 90]])
  })

  it('interleaves to exactly the codewords of the version', () => {
    for (let version = 1; version <= 20; version++) {
      const layout = layoutOf(version)
      expect(interleave(Array.from({ length: layout.dataCodewords }, (_, index) => index & 0xff), layout)).toHaveLength(layout.codewords)
    }
  })

  it('grows with the text and has its three finders', () => {
    const short = qrMatrix('a')!
    const long = qrMatrix('otpauth://totp/Muster:mara%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Muster')!
    expect([short.length, long.length]).toEqual([21, 41])
    const finder = (x: number, y: number): string => [0, 1, 2, 3, 4, 5, 6].map((dx) => (long[y]![x + dx] ? '#' : '.')).join('')
    expect([finder(0, 3), finder(34, 3), finder(0, 37)]).toEqual(['#.###.#', '#.###.#', '#.###.#'])
    expect(qrMatrix('x'.repeat(700))).toBeNull()
  })

  it('is square and complete for any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 120 }), (text) => {
      const symbol = qrMatrix(text)!
      expect(symbol.every((row) => row.length === symbol.length && row.every((module) => typeof module === 'boolean'))).toBe(true)
    }), { numRuns: 20 })
  })
})
