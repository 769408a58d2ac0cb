import { randomFillSync } from 'node:crypto'
import { MusterError } from '@muster/core'
import { sshMessage } from './packet.ts'

/** The name-lists of a KEXINIT, in the order of RFC 4253 §7.1. */
export type KexInit = {
  readonly keyExchange: readonly string[]
  readonly hostKeyAlgorithms: readonly string[]
  readonly ciphersToServer: readonly string[]
  readonly ciphersToClient: readonly string[]
  readonly macsToServer: readonly string[]
  readonly macsToClient: readonly string[]
}

const COOKIE_BYTES = 16
const LISTS = 10
const MAX_NAMES = 512

/** Reads a KEXINIT payload. Names that are not printable ASCII of 1 to 128 characters are left out. @throws MusterError ssh.protocol */
export function readKexInit(payload: Uint8Array): KexInit {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length)
  if (bytes[0] !== sshMessage.kexInit) throw new MusterError('ssh.protocol', 'the server did not send its algorithms (KEXINIT)')
  let offset = 1 + COOKIE_BYTES
  const lists: string[][] = []
  for (let i = 0; i < LISTS; i++) {
    if (bytes.length < offset + 4) throw new MusterError('ssh.protocol', "the server's KEXINIT is truncated")
    const length = bytes.readUInt32BE(offset)
    offset += 4
    if (length > bytes.length - offset) throw new MusterError('ssh.protocol', "the server's KEXINIT is truncated")
    const names = bytes.subarray(offset, offset + length).toString('latin1').split(',', MAX_NAMES)
    lists.push(names.filter((name) => /^[\x21-\x7e]{1,128}$/.test(name)))
    offset += length
  }
  const [keyExchange, hostKeyAlgorithms, ciphersToServer, ciphersToClient, macsToServer, macsToClient] = lists as [string[], string[], string[], string[], string[], string[]]
  return { keyExchange, hostKeyAlgorithms, ciphersToServer, ciphersToClient, macsToServer, macsToClient }
}

/** What a client needs to offer so that any server finds a match for everything but key exchange and host key. */
const ciphers = [
  'aes128-ctr', 'aes256-ctr', 'aes192-ctr', 'chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com',
  'aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc', 'blowfish-cbc', 'cast128-cbc', 'arcfour', 'arcfour128', 'arcfour256',
  'rijndael-cbc@lysator.liu.se', 'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'none',
].join()
const macs = [
  'hmac-sha2-256', 'hmac-sha2-512', 'hmac-sha1', 'hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha1-etm@openssh.com',
  'umac-64@openssh.com', 'umac-128@openssh.com', 'umac-64-etm@openssh.com', 'umac-128-etm@openssh.com', 'hmac-sha1-96', 'hmac-md5',
  'hmac-md5-96', 'hmac-ripemd160', 'AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'none',
].join()
const compressions = 'none,zlib@openssh.com,zlib'

/** A KEXINIT payload that offers these key exchanges and host key algorithms. */
export function writeKexInit(keyExchange: readonly string[], hostKeyAlgorithms: readonly string[]): Buffer {
  const lists = [keyExchange.join(), hostKeyAlgorithms.join(), ciphers, ciphers, macs, macs, compressions, compressions, '', '']
  const payload = Buffer.alloc(1 + COOKIE_BYTES + lists.reduce((sum, list) => sum + 4 + list.length, 0) + 5)
  payload[0] = sshMessage.kexInit
  randomFillSync(payload, 1, COOKIE_BYTES)
  let offset = 1 + COOKIE_BYTES
  for (const list of lists) {
    offset = payload.writeUInt32BE(list.length, offset)
    offset += payload.write(list, offset, 'latin1')
  }
  return payload
}

/** The algorithm both sides take: the client's first that the server offers too (RFC 4253 §7.1); null for none. */
export function agreedAlgorithm(ours: readonly string[], theirs: readonly string[]): string | null {
  return ours.find((name) => theirs.includes(name)) ?? null
}
