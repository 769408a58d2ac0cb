import { zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compressionOf, inflate } from './inflate.ts'
import { ZstdFrame } from './zstd-frames.ts'

const skippable = (content: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50 + (content.length % 16), 0)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}
const unpacked = (packed: Uint8Array, maxBytes = 1_000_000) => {
  const outcome = inflate(packed, 'zstd', maxBytes)
  return outcome.ok ? Buffer.from(outcome.bytes).toString('latin1') : outcome.reason
}

describe('frames of zstd', () => {
  it('are read one after the other, those to skip passed over, whatever follows the last left alone', () => {
    const packed = Buffer.concat([skippable(Buffer.from('first')), zstdCompressSync('one'), zstdCompressSync(''), skippable(Buffer.alloc(0)), zstdCompressSync('two'), Buffer.from('what is no frame')])
    expect(compressionOf(packed)).toBe('zstd')
    expect(unpacked(packed)).toBe('onetwo')
  })

  it('together are no longer than they may be', () => {
    const packed = Buffer.concat([zstdCompressSync('aaaa'), zstdCompressSync('bbbb')])
    expect([unpacked(packed, 8), unpacked(packed, 7), unpacked(packed, 4), unpacked(packed, 3)]).toEqual(['aaaabbbb', 'limit', 'limit', 'limit'])
  })

  it('end where they end, however the stream is cut, with a checksum and without, of any size', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 600 }), fc.boolean()), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (texts, cut) => {
      // ZSTD_c_checksumFlag
      const frames = texts.map(([bytes, times, checksum]) => zstdCompressSync(Buffer.concat(Array.from({ length: times }, () => bytes)), { params: { 201: checksum ? 1 : 0 } }))
      const stream = Buffer.concat(frames)
      let at = 0
      for (const expected of frames) {
        const frame = new ZstdFrame()
        const start = at
        while (!frame.isDone) at += frame.take(stream.subarray(at, at + cut), 0)
        expect([at - start, frame.isBroken]).toEqual([expected.length, false])
      }
    }), { numRuns: 100 })
  })

  it('that are damaged end in a reason, never in an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(typeof unpacked(Buffer.concat([zstdCompressSync('one'), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), bytes]))).toBe('string')
      const frame = new ZstdFrame()
      expect(frame.take(bytes, 0)).toBeLessThanOrEqual(bytes.length)
    }), { numRuns: 300 })
  })
})
