import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineCounter, newlinesIn } from './line-counter.ts'

const text = fc.array(fc.constantFrom(0x0a, 0x0b, 0x09, 0x8a, 0x00, 0x61, 0xff), { maxLength: 80 }).map((bytes) => Uint8Array.from(bytes))

it('counts the line feeds of a stretch, wherever its bytes lie in memory', () => {
  fc.assert(fc.property(text, fc.nat(7), fc.nat(80), fc.nat(80), (bytes, shift, a, b) => {
    const moved = new Uint8Array(bytes.length + shift).subarray(shift)
    moved.set(bytes)
    const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
    expect(newlinesIn(moved, from, to)).toBe(bytes.subarray(from, to).filter((byte) => byte === 0x0a).length)
  }), { numRuns: 2_000 })
})

it('tells line and beginning of line of ascending places, and of those ahead of them', () => {
  fc.assert(fc.property(text, fc.array(fc.tuple(fc.nat(90), fc.nat(20)), { maxLength: 6 }), (bytes, places) => {
    const counter = new LineCounter(bytes)
    const expected = (offset: number) => {
      const before = [...bytes.subarray(0, offset)]
      return { line: before.filter((byte) => byte === 0x0a).length + 1, lineStart: before.lastIndexOf(0x0a) + 1 }
    }
    for (const [at, on] of places.toSorted(([a], [b]) => a - b)) {
      expect(counter.at(at)).toEqual(expected(at))
      expect(counter.ahead(at + on)).toEqual(expected(at + on))
    }
  }), { numRuns: 1_000 })
})
