import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secrets } from './scan.testing.ts'

const der = (type: 'pkcs1' | 'pkcs8') => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'der' })
const kinds = (path: string, bytes: Uint8Array) => secrets(path, bytes).map(({ secretType, facts, start, end }) => [secretType, facts['container'], end - start])

describe('a private key in binary', () => {
  it.each(['pkcs1', 'pkcs8'] as const)('is the whole file, as %s', (type) => {
    const bytes = der(type)
    expect(kinds('certs/site.key', bytes)).toEqual([['private-key', type, bytes.length]])
  })

  it('is also a store of keys, told by its name and its first bytes', () => {
    const content = Buffer.concat([Buffer.from('02010330', 'hex'), Buffer.alloc(300, 7)])
    const store = Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content])
    expect(kinds('site.p12', store)).toEqual([['key-store', 'pkcs12', store.length]])
    expect(kinds('site.bin', store)).toEqual([])
  })

  it('is a store of Java whose first entry is a key, and none of certificates alone', () => {
    const store = (tag: number) => Buffer.concat([Buffer.from(`feedfeed0000000200000001${tag.toString(16).padStart(8, '0')}`, 'hex'), Buffer.alloc(64)])
    expect(kinds('a.jks', store(1))).toEqual([['key-store', 'jks', store(1).length]])
    expect(kinds('a.jks', store(2))).toEqual([])
  })

  it('is not what ends before its length, nor a public key', () => {
    expect(kinds('site.key', der('pkcs8').subarray(0, 400))).toEqual([])
    expect(kinds('site.key', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' }))).toEqual([])
  })
})
