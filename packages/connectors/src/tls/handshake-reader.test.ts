import { MusterError } from '@muster/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Channel } from '../network/connection.ts'
import { writeClientHello } from './client-hello.ts'
import { exchangeLegacy, exchangeTls13, legacyHello, tls13Hello } from './exchange.ts'
import { HandshakeReader } from './handshake-reader.ts'
import type { Incoming } from './handshake-reader.ts'
import { readCertificate13, readCertificateList, readEncryptedExtensions, readServerCurve, readServerHello } from './messages.ts'

/** A channel that plays the chunks and ends. */
function replay(chunks: readonly Uint8Array[]): Channel {
  const queue: Buffer[] = chunks.map((chunk) => Buffer.from(chunk))
  const read = async (): Promise<Buffer | null> => queue.shift() ?? null
  return { where: 'test:1', read, readWithin: read, unread: (bytes) => queue.unshift(bytes), write: () => {}, ended: () => queue.length === 0, close: () => {} }
}

function record(type: number, fragment: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(type, 3, 3, fragment.length >> 8, fragment.length & 255), fragment])
}

function message(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(type, body.length >> 16, (body.length >> 8) & 255, body.length & 255), body])
}

async function readAll(chunks: readonly Uint8Array[]): Promise<Incoming[]> {
  const reader = new HandshakeReader(replay(chunks))
  const seen: Incoming[] = []
  for (;;) {
    const incoming = await reader.next()
    seen.push(incoming)
    if (incoming.kind !== 'message') return seen
  }
}

const body = fc.uint8Array({ maxLength: 200 })

test('messages come out whole however they are cut into records and segments', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 255 }), body), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), async (messages, recordSize, segmentSize) => {
    const stream = Buffer.concat(messages.map(([type, content]) => message(type, content)))
    const records: Buffer[] = []
    for (let at = 0; at < stream.length; at += recordSize) records.push(record(22, stream.subarray(at, at + recordSize)))
    const wire = Buffer.concat(records)
    const segments: Buffer[] = []
    for (let at = 0; at < wire.length; at += segmentSize) segments.push(wire.subarray(at, at + segmentSize))
    const seen = await readAll(segments)
    expect(seen.map((incoming) => (incoming.kind === 'message' ? [incoming.type, Buffer.from(incoming.body).toString('hex')] : incoming.kind)))
      .toEqual([...messages.map(([type, content]) => [type, Buffer.from(content).toString('hex')]), 'closed'])
  }), { numRuns: 60 })
})

test('no bytes make an exchange fail otherwise than by MusterError', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ maxLength: 300 })).map(([type, bytes]) => new Uint8Array(record(type, bytes))),
    fc.tuple(fc.constantFrom(0, 2, 8, 11, 12, 13, 14, 22), fc.uint8Array({ maxLength: 300 })).map(([type, bytes]) => new Uint8Array(record(22, message(type, bytes)))),
  )
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (chunks) => {
    for (const exchange of [() => exchangeLegacy(replay(chunks), legacyHello(), 'flight'), () => exchangeTls13(replay(chunks), tls13Hello(), 'certificate')]) {
      try {
        await exchange()
      } catch (error) {
        expect(error).toBeInstanceOf(MusterError)
      }
    }
  }), { numRuns: 300 })
})

test('no bytes make a message reader fail otherwise than by MusterError', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    for (const read of [readServerHello, readCertificateList, readCertificate13, readEncryptedExtensions, readServerCurve]) {
      try {
        read(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(MusterError)
      }
    }
  }), { numRuns: 500 })
})

test('a peer that speaks another protocol is told from one that breaks this one', async () => {
  expect(await readAll([Buffer.from('220 mail ESMTP\r\n')])).toEqual([{ kind: 'not-tls', bytes: Buffer.from('220 mail ESMTP\r\n') }])
  await expect(readAll([Uint8Array.of(22, 3, 3, 0xff, 0xff, 0)])).rejects.toMatchObject({ code: 'tls.protocol' })
  expect(await readAll([record(21, Uint8Array.of(2, 70))])).toEqual([{ kind: 'alert', description: 70 }])
  expect(await readAll([record(21, Uint8Array.of(1, 112)), record(21, Uint8Array.of(1, 0))])).toEqual([{ kind: 'closed' }])
})

test('a handshake message is refused by its announced length: at the limit it is awaited, one above it is not', async () => {
  const limits = { maxMessageBytes: 1000, maxUnits: 10 }
  const announced = (length: number): Uint8Array[] => [record(22, Uint8Array.of(11, 0, length >> 8, length & 255))]
  expect(await new HandshakeReader(replay(announced(1000)), limits).next()).toEqual({ kind: 'closed' })
  await expect(new HandshakeReader(replay(announced(1001)), limits).next()).rejects.toMatchObject({ code: 'input.limit' })
})

test('endless HelloRequests and empty records are cut off', async () => {
  const requests = Array.from({ length: 500 }, () => record(22, message(0, new Uint8Array(0))))
  await expect(new HandshakeReader(replay(requests)).next()).rejects.toMatchObject({ code: 'input.limit' })
  const empties = Array.from({ length: 500 }, () => record(22, new Uint8Array(0)))
  await expect(new HandshakeReader(replay(empties)).next()).rejects.toMatchObject({ code: 'input.limit' })
})

test('a hello carries SNI only when it has a name, and is never between 256 and 511 bytes long', () => {
  fc.assert(fc.property(fc.option(fc.domain()), fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 200 }), (serverName, suites) => {
    const { record: bytes, message: inner } = writeClientHello(legacyHello({ serverName, suites }))
    expect(bytes.readUInt16BE(3)).toBe(bytes.length - 5)
    expect(inner.readUIntBE(1, 3)).toBe(inner.length - 4)
    expect(inner.length < 256 || inner.length >= 512).toBe(true)
    if (serverName !== null) expect(bytes.includes(serverName)).toBe(true)
  }), { numRuns: 100 })
})
