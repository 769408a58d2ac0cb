import type { Preamble } from '../../network/session.ts'
import { notSpoken, readAtLeast, refused } from './bytes.ts'

const TPKT_VERSION = 3
const CONNECTION_CONFIRM = 0xd0
const NEGOTIATION_RESPONSE = 2
const NEGOTIATION_FAILURE = 3
const PROTOCOL_RDP = 0
const CONFIRM_WITH_NEGOTIATION = 19

/**
 * TPKT, X.224 Connection Request and RDP_NEG_REQ for TLS, CredSSP and CredSSP with early authorization (MS-RDPBCGR §2.2.1.1).
 */
const request = Uint8Array.of(TPKT_VERSION, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0x0b, 0, 0, 0)

/** RDP: the X.224 confirm names the security protocol; every one but RDP's own starts with TLS. */
export const rdp: Preamble = async (channel) => {
  channel.write(request)
  let answer = await readAtLeast(channel, 7, 'rdp')
  const length = answer.readUInt16BE(2)
  if (answer[0] !== TPKT_VERSION || length < 7 || length > 512 || (answer[5]! & 0xf0) !== CONNECTION_CONFIRM) throw notSpoken(channel, 'rdp', 'its answer is no X.224 confirm')
  if (answer.length < length) answer = Buffer.concat([answer, await readAtLeast(channel, length - answer.length, 'rdp')])
  if (length < CONFIRM_WITH_NEGOTIATION) throw refused(channel, 'rdp', 'it knows only standard RDP security')
  if (answer[11] === NEGOTIATION_FAILURE) throw refused(channel, 'rdp', `negotiation failure ${answer.readUInt32LE(15)}`)
  if (answer[11] !== NEGOTIATION_RESPONSE) throw notSpoken(channel, 'rdp', 'its negotiation answer is malformed')
  if (answer.readUInt32LE(15) === PROTOCOL_RDP) throw refused(channel, 'rdp', 'it chose standard RDP security')
  return channel
}
