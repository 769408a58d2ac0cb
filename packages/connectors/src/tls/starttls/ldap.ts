import type { Preamble } from '../../network/session.ts'
import { notSpoken, readAtLeast, refused } from './bytes.ts'

const SEQUENCE = 0x30
const EXTENDED_RESPONSE = 0x78
const ENUMERATED = 0x0a
const START_TLS_OID = '1.3.6.1.4.1.1466.20037'
const MAX_RESPONSE = 64 * 1024

/** LDAPMessage { messageID 1, extendedReq [APPLICATION 23] { requestName [0] StartTLS } }, RFC 4511 §4.14. */
const request = Buffer.concat([
  Uint8Array.of(SEQUENCE, 5 + 2 + START_TLS_OID.length, 0x02, 0x01, 0x01, 0x77, 2 + START_TLS_OID.length, 0x80, START_TLS_OID.length),
  Buffer.from(START_TLS_OID, 'latin1'),
])

/** LDAP, RFC 4511 §4.14: the StartTLS extended operation. */
export const ldap: Preamble = async (channel) => {
  channel.write(request)
  let response = await readAtLeast(channel, 2, 'ldap')
  if (response[0] !== SEQUENCE) throw notSpoken(channel, 'ldap', 'its answer is no LDAP message')
  const header = lengthAt(response, 1)
  if (header === null || header.value > MAX_RESPONSE) throw notSpoken(channel, 'ldap', 'its answer has an impossible length')
  const total = 1 + header.size + header.value
  if (response.length < total) response = Buffer.concat([response, await readAtLeast(channel, total - response.length, 'ldap')])
  const code = resultCode(response.subarray(1 + header.size, total))
  if (code === null) throw notSpoken(channel, 'ldap', 'its answer is no LDAP extended response')
  if (code !== 0) throw refused(channel, 'ldap', `result code ${code}`)
  return channel
}

/** A BER definite length at `offset`: short form or up to four octets; null for anything else. */
function lengthAt(bytes: Buffer, offset: number): { readonly size: number; readonly value: number } | null {
  const first = bytes[offset]
  if (first === undefined) return null
  if (first < 0x80) return { size: 1, value: first }
  const octets = first & 0x7f
  if (octets === 0 || octets > 4 || bytes.length < offset + 1 + octets) return null
  return { size: 1 + octets, value: bytes.readUIntBE(offset + 1, octets) }
}

/** The resultCode of the extended response in a message's content; null when it is something else. */
function resultCode(content: Buffer): number | null {
  const idLength = lengthAt(content, 1)
  if (content[0] !== 0x02 || idLength === null) return null
  const operation = 1 + idLength.size + idLength.value
  const length = lengthAt(content, operation + 1)
  if (content[operation] !== EXTENDED_RESPONSE || length === null) return null
  const result = operation + 1 + length.size
  return content[result] === ENUMERATED && content[result + 1] === 1 ? content[result + 2] ?? null : null
}
