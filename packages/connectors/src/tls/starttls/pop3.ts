import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

/** POP3, RFC 2595 §4. */
export const pop3: Preamble = async (channel) => {
  const lines = new LineReader(channel, 'pop3')
  await lines.greeting(GREETING_MS)
  const greeting = await lines.line()
  if (!greeting.startsWith('+OK')) {
    if (greeting.startsWith('-ERR')) throw lines.refused(greeting)
    throw lines.notSpoken('it greets in another protocol')
  }
  lines.write('STLS')
  const answer = await lines.line()
  if (!answer.startsWith('+OK')) throw lines.refused(answer)
  return channel
}
