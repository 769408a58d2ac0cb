import { randomFillSync } from 'node:crypto'
import { MusterError } from '@muster/core'
import type { Channel } from '../network/connection.ts'

/** Message numbers, RFC 4253 §12, RFC 4419 §5, RFC 5656 §7.1. */
export const sshMessage = {
  disconnect: 1, ignore: 2, unimplemented: 3, debug: 4, extInfo: 7, kexInit: 20, newKeys: 21, kexdhInit: 30, kexdhReply: 31,
  gexGroup: 31, gexInit: 32, gexReply: 33, gexRequest: 34,
} as const

const MAX_PACKET = 256 * 1024
const MAX_PACKETS = 64
const MAX_BANNER_LINES = 64
const MAX_LINE_BYTES = 4096
const BLOCK = 8

/** A payload as an unencrypted binary packet (RFC 4253 §6). */
export function writePacket(payload: Uint8Array): Buffer {
  let padding = BLOCK - ((5 + payload.length) % BLOCK)
  if (padding < 4) padding += BLOCK
  const packet = Buffer.alloc(5 + payload.length + padding)
  packet.writeUInt32BE(1 + payload.length + padding, 0)
  packet[4] = padding
  packet.set(payload, 5)
  randomFillSync(packet, 5 + payload.length)
  return packet
}

/** Reads the server's identification line and its unencrypted packets, within limits on lines, packets and sizes. */
export class SshReader {
  readonly #channel: Channel
  #input: Buffer = Buffer.alloc(0)
  #packets = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  async #more(): Promise<boolean> {
    const chunk = await this.#channel.read()
    if (chunk === null) return false
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    return true
  }

  /**
   * The identification line without its line end; lines before it are passed over (RFC 4253 §4.2).
   * @throws MusterError ssh.protocol when the peer does not speak SSH, and what the channel throws
   */
  async banner(): Promise<string> {
    for (let lines = 0; lines < MAX_BANNER_LINES; lines++) {
      const line = await this.#line()
      if (line.startsWith('SSH-')) return line
    }
    throw new MusterError('ssh.protocol', `${this.#channel.where} sent ${MAX_BANNER_LINES} lines and no SSH identification`)
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#input.indexOf(10)
      if (end >= 0 && end <= MAX_LINE_BYTES) {
        const line = this.#input.subarray(0, end).toString('latin1').replace(/\r$/, '')
        this.#input = this.#input.subarray(end + 1)
        return line
      }
      if (this.#input.length > MAX_LINE_BYTES) throw new MusterError('ssh.protocol', `${this.#channel.where} sent a line of more than ${MAX_LINE_BYTES} bytes instead of an SSH identification`)
      if (!await this.#more()) throw new MusterError('ssh.protocol', `${this.#channel.where} closed the connection without an SSH identification`)
    }
  }

  /**
   * The next packet's payload that matters; null when the server has closed the connection.
   * @throws MusterError ssh.protocol for a malformed packet or a disconnect message, input.limit
   */
  async packet(): Promise<Buffer | null> {
    for (;;) {
      const payload = this.#take()
      if (payload === null) {
        if (!await this.#more()) return null
        continue
      }
      switch (payload[0]) {
        case sshMessage.ignore:
        case sshMessage.debug:
        case sshMessage.unimplemented:
        case sshMessage.extInfo:
          continue
        case sshMessage.disconnect:
          throw new MusterError('ssh.protocol', `${this.#channel.where} ended the SSH connection during the key exchange`)
        default:
          return payload
      }
    }
  }

  #take(): Buffer | null {
    const input = this.#input
    if (input.length < 5) return null
    const length = input.readUInt32BE(0)
    if (length > MAX_PACKET) throw new MusterError('input.limit', `${this.#channel.where} announced an SSH packet of ${length} bytes; the limit is ${MAX_PACKET}`)
    const padding = input[4]!
    if (length < padding + 2) throw new MusterError('ssh.protocol', `${this.#channel.where} sent a malformed SSH packet`)
    if (input.length < 4 + length) return null
    if (++this.#packets > MAX_PACKETS) throw new MusterError('input.limit', `${this.#channel.where} sent more than ${MAX_PACKETS} SSH packets before its host key`)
    this.#input = input.subarray(4 + length)
    return input.subarray(5, 4 + length - padding)
  }
}
