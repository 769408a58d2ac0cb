import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

/** IMAP, RFC 9051 §6.2.1. */
export const imap: Preamble = async (channel) => {
  const lines = new LineReader(channel, 'imap')
  await lines.greeting(GREETING_MS)
  const greeting = await lines.line()
  if (!greeting.startsWith('* ')) throw lines.notSpoken('it greets in another protocol')
  if (!/^\* OK\b/i.test(greeting)) throw lines.refused(greeting)
  lines.write('m1 STARTTLS')
  for (;;) {
    const answer = await lines.line()
    if (!answer.startsWith('m1 ')) continue
    if (!/^m1 OK\b/i.test(answer)) throw lines.refused(answer)
    return channel
  }
}
