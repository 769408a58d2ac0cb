import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letterClasses, runEnd, type TextSigns, textSigns } from './signs.ts'
import { SIGNS_BLOCK } from './signs-code.ts'
import { alphabetRuns } from './text-codes.ts'

/** The runs byte by byte, all of them. */
function allRuns(bytes: Uint8Array): [number, number][] {
  const found: [number, number][] = []
  for (let at = 0; at < bytes.length; at++) {
    const end = runEnd(bytes, at)
    if (end - at >= 20) found.push([at, end])
    at = Math.max(at, end)
  }
  return found
}

function reference(bytes: Uint8Array): TextSigns {
  const text = Buffer.from(bytes).toString('latin1')
  return { runs: allRuns(bytes).flat(), hasZero: bytes.includes(0), percents: [...text.matchAll(/%(?=[\dA-Fa-f]{2})/g)].length, escapes: [...text.matchAll(/\\[ux]/g)].length }
}

const pairs = (runs: readonly number[]): string[] => runs.flatMap((start, i) => (i % 2 === 0 ? [`${start} ${runs[i + 1]}`] : []))

/** Few kinds of bytes, so that runs, signs and what parts them lie close together, at any distance from the edges of vectors. */
const pieces = fc.array(fc.oneof(
  fc.constantFrom('%', '%4', '%41', '\\', '\\x', '\\u', '\0', ' ', '\n', '=', '%%a0', '\\\\n', '\xff', 'é'), fc.string({ unit: fc.constantFrom(...'aZ09+/-_fF'), maxLength: 70 }), fc.base64String({ maxLength: 60 }),
  fc.string({ maxLength: 40 }).map((text) => Buffer.from(text).toString('base64')), fc.string({ maxLength: 30 }).map((text) => Buffer.from(text).toString('hex')), fc.integer({ min: 0, max: 20 }).map((count) => '.'.repeat(count)),
), { maxLength: 24 }).map((parts) => Buffer.from(parts.join(''), 'latin1'))

describe('the signs of a text', () => {
  it('are those that are found byte by byte, but for runs that decode to nothing', () => {
    fc.assert(fc.property(pieces, (bytes) => {
      const { runs, ...rest } = textSigns(bytes)
      const { runs: all, ...expected } = reference(bytes)
      expect(rest).toEqual(expected)
      expect(pairs(all)).toEqual(expect.arrayContaining(pairs(runs)))
      expect([...alphabetRuns(bytes, { runs })]).toEqual([...alphabetRuns(bytes, { runs: all })])
    }), { numRuns: 2_000 })
  })

  it('know every letter, every sign and every other byte', () => {
    for (let byte = 0; byte < 256; byte++) {
      const { runs, ...rest } = textSigns(Buffer.alloc(61, byte))
      expect([byte, runs, rest]).toEqual([byte, letterClasses[byte] === 0 ? [] : [0, 61], { hasZero: byte === 0, percents: 0, escapes: 0 }])
    }
  })

  it('are seen across the borders of blocks, just before, on and just after each, and in runs longer than a block', () => {
    for (const shift of [-64, -21, -20, -19, -3, -2, -1, 0, 1]) {
      const bytes = Buffer.alloc(2 * SIGNS_BLOCK + 100, '.')
      bytes.write(`${'k'.repeat(61)}`, SIGNS_BLOCK + shift)
      bytes.write('%41', 2 * SIGNS_BLOCK + shift)
      bytes.write('\\u', 2 * SIGNS_BLOCK + shift + 4)
      expect([shift, textSigns(bytes)]).toEqual([shift, { runs: [SIGNS_BLOCK + shift, SIGNS_BLOCK + shift + 61], hasZero: false, percents: 1, escapes: 1 }])
    }
    for (const length of [SIGNS_BLOCK - 1, SIGNS_BLOCK, SIGNS_BLOCK + 1, 3 * SIGNS_BLOCK, 3 * SIGNS_BLOCK + 7]) {
      expect(textSigns(Buffer.alloc(length, 'a')).runs).toEqual([0, length])
      expect(textSigns(Buffer.concat([Buffer.from('.'), Buffer.alloc(length, 'a'), Buffer.from('. %zz')])).runs).toEqual([1, length + 1])
    }
    expect(textSigns(Buffer.alloc(0)).runs).toEqual([])
  })
})
