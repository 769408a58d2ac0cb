import { Secret } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSealer, deriveKey } from './seal.ts'

const key = new Secret(new Uint8Array(32).fill(7))
const sealer = createSealer(key)

describe('seal', () => {
  it('opens what it sealed, of any length, for the same context only', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), fc.string(), (bytes, context, other) => {
      const sealed = sealer.seal(new Secret(bytes), context)
      expect([...sealer.open(sealed, context).reveal()]).toEqual([...bytes])
      if (other !== context) expect(() => sealer.open(sealed, other)).toThrow(/cannot be opened/)
    }), { numRuns: 50 })
  })

  it('gives another text each time', () => {
    const secret = Secret.fromText('same')
    expect(sealer.seal(secret, 'c')).not.toBe(sealer.seal(secret, 'c'))
  })

  it('does not open with another installation’s key', () => {
    const sealed = sealer.seal(Secret.fromText('x'), 'c')
    expect(() => createSealer(new Secret(new Uint8Array(32).fill(8))).open(sealed, 'c')).toThrow(/cannot be opened/)
  })

  it('notices a change of any single bit', () => {
    const [version, text] = sealer.seal(Secret.fromText('secret'), 'c').split('.') as [string, string]
    const bytes = Buffer.from(text, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => sealer.open(`${version}.${changed.toString('base64url')}`, 'c')).toThrow(/cannot be opened/)
    }
  })

  it('refuses a tag cut short, another version, and any other text', () => {
    const sealed = sealer.seal(Secret.fromText(''), 'c')
    for (const text of [sealed.slice(0, -2), sealed.replace('muster1', 'muster2'), `${sealed}.x`, '', 'muster1.', 'muster1.AAAA']) {
      expect(() => sealer.open(text, 'c')).toThrow(/cannot be opened/)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => { expect(() => sealer.open(text, 'c')).toThrow(/cannot be opened/) }))
  })
})

describe('deriveKey', () => {
  it('gives each purpose its own key of 32 bytes, always the same', () => {
    const [a, b] = [deriveKey(key, 'a').reveal(), deriveKey(key, 'b').reveal()]
    expect(a).toHaveLength(32)
    expect(a).not.toEqual(b)
    expect(deriveKey(key, 'a').reveal()).toEqual(a)
  })
})
