import { isMusterError } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { berToDer } from './ber.ts'
import { DerCursor } from './cursor.ts'
import { derLimits, tags } from './limits.ts'
import { oidFromContent, oidToContent } from './oid.ts'
import { cleanText, clip, stringOf } from './strings.ts'
import { readTime } from './time.ts'
import * as write from './writer.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const cursor = (input: Buffer | string): DerCursor => new DerCursor(typeof input === 'string' ? bytes(input) : input, 1_000_000)
function code(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isMusterError(error)) return error.code
    throw error
  }
  return 'accepted'
}

describe('lengths (X.690 §10.1)', () => {
  it.each([
    ['one octet', '0400', 'accepted'], ['127 octets', `047f${'00'.repeat(127)}`, 'accepted'], ['128 octets', `048180${'00'.repeat(128)}`, 'accepted'],
    ['127 octets in the long form', `04817f${'00'.repeat(127)}`, 'der.invalid'], ['a leading zero octet', `04820080${'00'.repeat(128)}`, 'der.invalid'],
    ['indefinite', '30800000', 'der.invalid'], ['beyond the input', '0405aabb', 'der.invalid'], ['nine length octets', '0489ffffffffffffffffff', 'der.invalid'],
    ['no length', '04', 'der.invalid'], ['nothing', '', 'der.invalid'], ['a multi-byte tag', '1f8100', 'der.invalid'],
  ])('%s: %s is %s', (_, hex, expected) => {
    const c = cursor(hex)
    expect(code(() => c.read(c.bytes.length))).toBe(expected)
  })
  it('inside an element must not reach beyond it', () => {
    const c = cursor('3003 0402 aabb')
    const end = c.enter(tags.sequence, c.bytes.length)
    expect(code(() => c.read(end))).toBe('der.invalid')
  })
})

describe('integers (X.690 §8.3)', () => {
  it.each([['00', 'accepted'], ['7f', 'accepted'], ['0080', 'accepted'], ['007f', 'der.invalid'], ['ff7f', 'accepted'], ['ff80', 'der.invalid'], ['', 'der.invalid']])('%s is %s', (hex, expected) => {
    expect(code(() => cursor(write.element(2, bytes(hex))).integer(1_000))).toBe(expected)
  })
  it('are capped at the largest modulus', () => {
    for (const [length, expected] of [[2048, 'accepted'], [2049, 'accepted'], [2050, 'der.limit']] as const) {
      expect(code(() => cursor(write.element(2, Buffer.alloc(length, 1))).integer(10_000))).toBe(expected)
    }
  })
  it('are written in the shortest form and read back', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(1n << 200n), max: 1n << 200n }), (value) => {
      const c = cursor(write.integer(value))
      c.integer(c.bytes.length)
      const hex = c.hex(c.contentStart, c.contentEnd)
      expect(BigInt.asIntN((hex.length / 2) * 8, BigInt(`0x${hex}`))).toBe(value)
    }))
  })
})

describe('object identifiers', () => {
  it('survive encoding and decoding, large arcs included', () => {
    const arc = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
    fc.assert(fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 3 }), (first, second, rest) => {
      const text = [first, second, ...rest].join('.')
      if (oidToContent(text).length <= derLimits.oidBytes) expect(oidFromContent(oidToContent(text))).toBe(text)
    }))
  })
  it.each([['a truncated arc', '2a86', 'der.invalid'], ['a padded arc', '2a8001', 'der.invalid'], ['an arc of 20 octets', `2a${'81'.repeat(19)}01`, 'der.limit'], ['nothing', '', 'der.limit'], ['65 octets', '01'.repeat(65), 'der.limit']])('with %s are refused', (_, hex, expected) => {
    expect(code(() => oidFromContent(bytes(hex).toString('latin1')))).toBe(expected)
  })
  it('of a quarter megabyte cost nothing (the cap comes before the decoding)', () => {
    const started = performance.now()
    expect(code(() => cursor(write.element(6, Buffer.alloc(254_000, 0x81))).oidKey(300_000))).toBe('der.limit')
    expect(performance.now() - started).toBeLessThan(200)
  })
  it.each(['', '1', '3.1', '1.40', '1.02', '1.2.', 'a.b'])('%j is not one', (text) => expect(code(() => oidToContent(text))).toBe('der.invalid'))
})

describe('times', () => {
  const read = (tag: number, text: string): string => {
    const c = cursor(write.element(tag, Buffer.from(text)))
    return readTime(c, c.bytes.length)
  }
  it.each([
    [tags.utcTime, '491231235959Z', '2049-12-31T23:59:59.000Z'], [tags.utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [tags.generalizedTime, '20500101000000Z', '2050-01-01T00:00:00.000Z'], [tags.generalizedTime, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
    [tags.generalizedTime, '00010101000000Z', '0001-01-01T00:00:00.000Z'], [tags.utcTime, '240229000000Z', '2024-02-29T00:00:00.000Z'],
    [tags.utcTime, '2601010000Z', '2026-01-01T00:00:00.000Z'], [tags.utcTime, '260101000000+0130', '2025-12-31T22:30:00.000Z'],
    [tags.generalizedTime, '20260101000000.5Z', '2026-01-01T00:00:00.000Z'],
  ])('%i %s is %s', (tag, text, expected) => expect(read(tag, text)).toBe(expected))
  it.each(['230229000000Z', '261301000000Z', '260100000000Z', '260101240000Z', '260101006000Z', '260101000060Z', '26010100000', 'x60101000000Z', '', 'Z', '260101000000Zx'])('%j is none', (text) => {
    expect(code(() => read(tags.utcTime, text))).toBe('der.invalid')
  })
  it('are written and read back', () => {
    fc.assert(fc.property(fc.date({ min: new Date('1950-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      date.setUTCMilliseconds(0)
      const c = cursor(write.time(date))
      expect(readTime(c, c.bytes.length)).toBe(date.toISOString())
    }))
  })
})

describe('texts', () => {
  it('of every string type survive', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      for (const der of [write.utf8String(text), write.bmpString(text)]) {
        const c = cursor(der)
        c.read(c.bytes.length)
        expect(stringOf(c)).toBe(text)
      }
    }))
  })
  it('are never longer than asked for, well-formed and free of controls once cleaned', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
      const clean = cleanText(text, max)
      expect(clean.length).toBeLessThanOrEqual(max)
      expect(clean.isWellFormed()).toBe(true)
      // eslint-disable-next-line no-control-regex
      expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    }))
  })
  it('that are cut say so', () => expect([clip('abc', 3), clip('abcd', 3)]).toEqual(['abc', 'ab…']))
})

describe('BER to DER', () => {
  it('gives indefinite lengths definite ones and joins segments', () => {
    const segmented = bytes('3080 2480 0402 aabb 0401 cc 0000 0201 05 0000')
    expect(Buffer.from(berToDer(segmented)).toString('hex')).toBe('30080403aabbcc020105')
  })
  it('leaves DER as it is, byte for byte', () => {
    const der = write.sequence(write.integer(5), write.set(write.octetString(Buffer.alloc(300))), write.explicit(0, write.nullValue()))
    expect(Buffer.from(berToDer(der))).toEqual(der)
  })
  it('keeps a change that does not change the size (long content in an indefinite length)', () => {
    const inner = write.octetString(Buffer.alloc(300, 1))
    const ber = Buffer.concat([bytes('3080'), inner, bytes('0000')])
    expect(Buffer.from(berToDer(write.sequence(ber)))).toEqual(write.sequence(write.sequence(inner)))
  })
  it('refuses nesting beyond its cap, just after it', () => {
    const nested = (depth: number): Buffer => Array.from({ length: depth }).reduce<Buffer>((inner) => write.sequence(inner), write.nullValue())
    expect(code(() => berToDer(nested(derLimits.depth)))).toBe('accepted')
    expect(code(() => berToDer(nested(derLimits.depth + 1)))).toBe('der.limit')
    expect(code(() => berToDer(Buffer.alloc(100_000, bytes('3080'))))).toBe('der.limit')
  })
  it('refuses what never ends', () => expect(code(() => berToDer(bytes('3080 0401 aa')))).toBe('der.invalid'))
})
