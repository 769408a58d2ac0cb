import type { Preamble } from '../../network/session.ts'
import { notSpoken, readAtLeast, refused } from './bytes.ts'

const PROTOCOL_10 = 10
const ERROR_PACKET = 0xff
const CLIENT_SSL = 0x0800
// CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH
const CAPABILITIES = 0x0200 | CLIENT_SSL | 0x8000 | 0x0008_0000
const MAX_PACKET = 64 * 1024
const UTF8 = 33

/** SSLRequest packet: capabilities, largest packet, character set, 23 zeros (MySQL "Protocol::SSLRequest"). */
function sslRequest(sequence: number): Buffer {
  const packet = Buffer.alloc(4 + 32)
  packet.writeUIntLE(32, 0, 3)
  packet[3] = sequence
  packet.writeUInt32LE(CAPABILITIES, 4)
  packet.writeUInt32LE(1 << 24, 8)
  packet[12] = UTF8
  return packet
}

/** MySQL and MariaDB: the server greets with its capabilities, the client answers with SSLRequest and goes on with TLS. */
export const mysql: Preamble = async (channel) => {
  let greeting = await readAtLeast(channel, 5, 'mysql')
  const length = greeting.readUIntLE(0, 3)
  if (length > MAX_PACKET) throw notSpoken(channel, 'mysql', 'its greeting is no MySQL packet')
  if (greeting.length < 4 + length) greeting = Buffer.concat([greeting, await readAtLeast(channel, 4 + length - greeting.length, 'mysql')])
  const payload = greeting.subarray(4, 4 + length)
  if (payload[0] === ERROR_PACKET) throw refused(channel, 'mysql', 'it turns this host away')
  const versionEnd = payload.indexOf(0, 1)
  // After the version: connection id (4), salt (8), filler (1), lower half of the capabilities (2).
  const at = versionEnd + 1 + 4 + 8 + 1
  if (payload[0] !== PROTOCOL_10 || versionEnd < 0 || payload.length < at + 2) throw notSpoken(channel, 'mysql', 'its greeting is no MySQL handshake')
  if ((payload.readUInt16LE(at) & CLIENT_SSL) === 0) throw refused(channel, 'mysql', 'SSL is off')
  channel.write(sslRequest(greeting[3]! + 1))
  return channel
}
