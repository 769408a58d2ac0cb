import type { Channel } from '../../network/connection.ts'
import type { Preamble } from '../../network/session.ts'
import { notSpoken, readAtLeast, refused } from './bytes.ts'

const PRELOGIN = 0x12
const RESPONSE = 0x04
const END_OF_MESSAGE = 0x01
const HEADER = 8
const MAX_TDS_PACKET = 32 * 1024
const TDS_PAYLOAD = 4096 - HEADER
const ENCRYPTION_OPTION = 1
const ENCRYPT_NOT_SUPPORTED = 2

/** A TDS packet (MS-TDS §2.2.3.1). */
function tdsPacket(payload: Uint8Array, last: boolean, id: number): Buffer {
  const packet = Buffer.alloc(HEADER + payload.length)
  packet[0] = PRELOGIN
  packet[1] = last ? END_OF_MESSAGE : 0
  packet.writeUInt16BE(packet.length, 2)
  packet[6] = id & 255
  packet.set(payload, HEADER)
  return packet
}

/** PRELOGIN with VERSION and ENCRYPTION = on (MS-TDS §2.2.6.5). */
const prelogin = tdsPacket(Uint8Array.of(
  0x00, 0, 11, 0, 6, // VERSION at 11, 6 bytes
  0x01, 0, 17, 0, 1, // ENCRYPTION at 17, 1 byte
  0xff,
  16, 0, 0, 0, 0, 0,
  1,
), true, 0)

/** SQL Server: the client announces encryption in PRELOGIN; the handshake then travels inside PRELOGIN packets. */
export const mssql: Preamble = async (channel) => {
  channel.write(prelogin)
  let answer = await readAtLeast(channel, HEADER, 'mssql')
  const length = answer.readUInt16BE(2)
  if ((answer[0] !== RESPONSE && answer[0] !== PRELOGIN) || length < HEADER || length > MAX_TDS_PACKET) {
    throw notSpoken(channel, 'mssql', 'its answer is no TDS packet')
  }
  if (answer.length < length) answer = Buffer.concat([answer, await readAtLeast(channel, length - answer.length, 'mssql')])
  const encryption = encryptionOf(answer.subarray(HEADER, length))
  if (encryption === null) throw notSpoken(channel, 'mssql', 'its PRELOGIN answer names no encryption')
  if (encryption === ENCRYPT_NOT_SUPPORTED) throw refused(channel, 'mssql', 'encryption is not supported')
  return new TdsChannel(channel)
}

/** The ENCRYPTION option of a PRELOGIN answer; null when it has none. */
function encryptionOf(payload: Buffer): number | null {
  for (let at = 0; at + 5 <= payload.length && payload[at] !== 0xff; at += 5) {
    if (payload[at] === ENCRYPTION_OPTION) return payload[payload.readUInt16BE(at + 1)] ?? null
  }
  return null
}

/** Carries a byte stream inside TDS packets, as SQL Server wants it during the handshake. */
class TdsChannel implements Channel {
  readonly #inner: Channel
  #input: Buffer = Buffer.alloc(0)

  constructor(inner: Channel) {
    this.#inner = inner
  }

  get where(): string {
    return this.#inner.where
  }

  read(): Promise<Buffer | null> {
    return this.#readFrom(() => this.#inner.read())
  }

  readWithin(milliseconds: number): Promise<Buffer | null> {
    return this.#readFrom(() => this.#inner.readWithin(milliseconds))
  }

  async #readFrom(more: () => Promise<Buffer | null>): Promise<Buffer | null> {
    for (;;) {
      const payload = this.#takePacket()
      if (payload !== null) return payload
      const chunk = await more()
      if (chunk === null) return null
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    }
  }

  #takePacket(): Buffer | null {
    const input = this.#input
    if (input.length < HEADER) return null
    const length = input.readUInt16BE(2)
    if (length <= HEADER || length > MAX_TDS_PACKET || (input[0] !== PRELOGIN && input[0] !== RESPONSE)) {
      throw notSpoken(this.#inner, 'mssql', 'a packet of the handshake is malformed')
    }
    if (input.length < length) return null
    this.#input = input.subarray(length)
    return input.subarray(HEADER, length)
  }

  unread(bytes: Buffer): void {
    // Already unwrapped bytes go back as one packet, so that reading unwraps them again.
    this.#input = Buffer.concat([tdsPacket(bytes, true, 0), this.#input])
  }

  write(bytes: Uint8Array): void {
    for (let at = 0, id = 0; at < bytes.length; at += TDS_PAYLOAD, id++) {
      this.#inner.write(tdsPacket(bytes.subarray(at, at + TDS_PAYLOAD), at + TDS_PAYLOAD >= bytes.length, id))
    }
  }

  ended(): boolean {
    return this.#inner.ended()
  }

  close(): void {
    this.#inner.close()
  }
}
