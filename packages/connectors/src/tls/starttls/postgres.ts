import type { Preamble } from '../../network/session.ts'
import { notSpoken, readAtLeast, refused } from './bytes.ts'

/** SSLRequest: length 8, code 80877103 (PostgreSQL protocol 3.0, "Message Formats"). */
const sslRequest = Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f)

/** PostgreSQL: one byte answers, `S` to go on with TLS, `N` to refuse, `E` the start of an error. */
export const postgres: Preamble = async (channel) => {
  channel.write(sslRequest)
  const answer = await readAtLeast(channel, 1, 'postgres')
  if (answer.length === 1 && answer[0] === 0x53) return channel
  if (answer.length === 1 && answer[0] === 0x4e) throw refused(channel, 'postgres', 'SSL is off')
  if (answer[0] === 0x45) throw refused(channel, 'postgres', 'it answered with an error')
  throw notSpoken(channel, 'postgres', 'its answer is not one of S, N, E')
}
