import { MusterError } from '@muster/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Channel } from '../network/connection.ts'
import { agreedAlgorithm, readKexInit, writeKexInit } from './kexinit.ts'
import { openingPayload, startableExchanges } from './key-exchange.ts'
import { SshReader, writePacket } from './packet.ts'

function replay(chunks: readonly Uint8Array[]): Channel {
  const queue: Buffer[] = chunks.map((chunk) => Buffer.from(chunk))
  const read = async (): Promise<Buffer | null> => queue.shift() ?? null
  return { where: 'test:22', read, readWithin: read, unread: () => {}, write: () => {}, ended: () => queue.length === 0, close: () => {} }
}

const name = fc.stringMatching(/^[a-z0-9@.-]{1,40}$/)

test('a KEXINIT survives being written and read', () => {
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), fc.array(name, { minLength: 1, maxLength: 20 }), (exchanges, hostKeys) => {
    const { keyExchange, hostKeyAlgorithms, ciphersToServer, macsToClient } = readKexInit(writeKexInit(exchanges, hostKeys))
    expect([keyExchange, hostKeyAlgorithms]).toEqual([exchanges, hostKeys])
    expect(ciphersToServer).toContain('aes128-ctr')
    expect(macsToClient).toContain('hmac-sha2-256')
  }))
})

test('packets come out whole however they are cut, and their lengths are multiples of eight (RFC 4253 §6)', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 }).filter(([first]) => first! >= 20), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 40 }), async (payloads, size) => {
    const wire = Buffer.concat([Buffer.from('hello\r\nSSH-2.0-test\r\n'), ...payloads.map((payload) => writePacket(payload))])
    for (const payload of payloads) expect(writePacket(payload).length % 8).toBe(0)
    const chunks = Array.from({ length: Math.ceil(wire.length / size) }, (_, i) => wire.subarray(i * size, (i + 1) * size))
    const reader = new SshReader(replay(chunks))
    expect(await reader.banner()).toBe('SSH-2.0-test')
    for (const payload of payloads) expect(Buffer.from((await reader.packet())!)).toEqual(Buffer.from(payload))
    expect(await reader.packet()).toBeNull()
  }))
})

test('no bytes make the readers fail otherwise than by MusterError', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), fc.boolean(), async (chunks, withBanner) => {
    const reader = new SshReader(replay(withBanner ? [Buffer.from('SSH-2.0-x\n'), ...chunks] : chunks))
    try {
      await reader.banner()
      for (let payload = await reader.packet(); payload !== null; payload = await reader.packet()) readKexInit(payload)
    } catch (error) {
      expect(error).toBeInstanceOf(MusterError)
    }
  }), { numRuns: 300 })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    try {
      readKexInit(Uint8Array.of(20, ...bytes))
    } catch (error) {
      expect(error).toBeInstanceOf(MusterError)
    }
  }))
})

test('the client decides which of the common algorithms is taken (RFC 4253 §7.1)', () => {
  expect(agreedAlgorithm(['b', 'a'], ['a', 'b'])).toBe('b')
  expect(agreedAlgorithm(['c'], ['a', 'b'])).toBeNull()
})

test('every exchange on the list has an opening', () => {
  for (const exchange of startableExchanges) expect(openingPayload(exchange), exchange).not.toBeNull()
  expect(openingPayload('kexguess2@matt.ucc.asn.au')).toBeNull()
})
