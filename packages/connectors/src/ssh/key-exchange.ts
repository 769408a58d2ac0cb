import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto'
import { MusterError } from '@muster/core'
import type { Channel } from '../network/connection.ts'
import { sshMessage, writePacket } from './packet.ts'
import type { SshReader } from './packet.ts'

/**
 * Starts a key exchange just far enough for the server to show its host key. The shared secret is never computed, so any
 * public value the server accepts will do, and one value serves all connections.
 */
type Opening = { readonly kind: 'ecdh' | 'dh'; readonly value: () => Uint8Array } | { readonly kind: 'group-exchange' }

function lazily(make: () => Uint8Array): () => Uint8Array {
  let value: Uint8Array | null = null
  return () => (value ??= make())
}

const x25519 = lazily(() => generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32))
const curve = (name: string): (() => Uint8Array) => lazily(() => createECDH(name).generateKeys())

/** A random number below any modulus of `bits` bits, as mpint bytes with the sign bit clear. */
function numberBelow(bits: number): Uint8Array {
  const bytes = randomBytes(bits / 8 - 1)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes
}
const modp = (bits: number): Opening => ({ kind: 'dh', value: lazily(() => numberBelow(bits)) })

/** An encapsulation key of ML-KEM-768 that passes the modulus check (FIPS 203 §7.2): coefficients of zero, a random seed. */
function mlkem768Key(): Uint8Array {
  return Buffer.concat([Buffer.alloc(1152), randomBytes(32)])
}
const SNTRUP761_KEY_BYTES = 1158

const openings: ReadonlyMap<string, Opening> = new Map<string, Opening>([
  ['curve25519-sha256', { kind: 'ecdh', value: x25519 }],
  ['curve25519-sha256@libssh.org', { kind: 'ecdh', value: x25519 }],
  ['ecdh-sha2-nistp256', { kind: 'ecdh', value: curve('prime256v1') }],
  ['ecdh-sha2-nistp384', { kind: 'ecdh', value: curve('secp384r1') }],
  ['ecdh-sha2-nistp521', { kind: 'ecdh', value: curve('secp521r1') }],
  ['diffie-hellman-group14-sha256', modp(2048)],
  ['diffie-hellman-group14-sha1', modp(2048)],
  ['diffie-hellman-group15-sha512', modp(3072)],
  ['diffie-hellman-group16-sha512', modp(4096)],
  ['diffie-hellman-group17-sha512', modp(6144)],
  ['diffie-hellman-group18-sha512', modp(8192)],
  ['diffie-hellman-group-exchange-sha256', { kind: 'group-exchange' }],
  ['diffie-hellman-group-exchange-sha1', { kind: 'group-exchange' }],
  ['diffie-hellman-group1-sha1', modp(1024)],
  ['mlkem768x25519-sha256', { kind: 'ecdh', value: lazily(() => Buffer.concat([mlkem768Key(), x25519()])) }],
  ['sntrup761x25519-sha512', { kind: 'ecdh', value: lazily(() => Buffer.concat([randomBytes(SNTRUP761_KEY_BYTES), x25519()])) }],
  ['sntrup761x25519-sha512@openssh.com', { kind: 'ecdh', value: lazily(() => Buffer.concat([randomBytes(SNTRUP761_KEY_BYTES), x25519()])) }],
])

/** Key exchanges this probe can start, cheapest for the server first. */
export const startableExchanges: readonly string[] = [...openings.keys()]

function withString(message: number, value: Uint8Array): Buffer {
  const payload = Buffer.alloc(5 + value.length)
  payload[0] = message
  payload.writeUInt32BE(value.length, 1)
  payload.set(value, 5)
  return payload
}

/** Asks for a group of 2048 to 8192 bits (RFC 4419 §3). */
const groupRequest = (() => {
  const payload = Buffer.alloc(13)
  payload[0] = sshMessage.gexRequest
  payload.writeUInt32BE(2048, 1)
  payload.writeUInt32BE(2048, 5)
  payload.writeUInt32BE(8192, 9)
  return payload
})()

/** The payload to send right after KEXINIT for this exchange; null for one this probe cannot start. */
export function openingPayload(exchange: string): Buffer | null {
  const opening = openings.get(exchange)
  if (opening === undefined) return null
  return opening.kind === 'group-exchange' ? groupRequest : withString(sshMessage.kexdhInit, opening.value())
}

/**
 * Sends the client's part of the exchange and reads the server's host key blob (K_S), which opens every kind of reply
 * (RFC 4253 §8, RFC 5656 §4, RFC 4419 §3). Null when the server closes instead.
 * @throws MusterError ssh.protocol
 */
export async function askHostKey(channel: Channel, reader: SshReader, exchange: string): Promise<Buffer | null> {
  const opening = openings.get(exchange)
  const payload = openingPayload(exchange)
  if (opening === undefined || payload === null) return null
  channel.write(writePacket(payload))
  let reply = await reader.packet()
  if (reply !== null && opening.kind === 'group-exchange') {
    channel.write(writePacket(withString(sshMessage.gexInit, numberBelow(groupBits(reply)))))
    reply = await reader.packet()
  }
  if (reply === null) return null
  const expected = opening.kind === 'group-exchange' ? sshMessage.gexReply : sshMessage.kexdhReply
  if (reply[0] !== expected) throw new MusterError('ssh.protocol', `${channel.where} answered the key exchange with message ${reply[0]}`)
  return firstString(reply)
}

function firstString(reply: Buffer): Buffer {
  if (reply.length < 5 || reply.readUInt32BE(1) > reply.length - 5) throw new MusterError('ssh.protocol', 'the server sent a truncated key-exchange reply')
  return reply.subarray(5, 5 + reply.readUInt32BE(1))
}

const MAX_GROUP_BITS = 16_384

function groupBits(reply: Buffer): number {
  if (reply[0] !== sshMessage.gexGroup) throw new MusterError('ssh.protocol', `the server answered the group request with message ${reply[0]}`)
  const modulus = firstString(reply)
  const bits = (modulus[0] === 0 ? modulus.length - 1 : modulus.length) * 8
  if (bits < 512 || bits > MAX_GROUP_BITS) throw new MusterError('ssh.protocol', `the server sent a Diffie-Hellman group of ${bits} bits`)
  return bits
}
