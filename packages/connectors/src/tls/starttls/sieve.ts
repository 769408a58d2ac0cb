import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

/** ManageSieve, RFC 5804 §2.2: the greeting is a list of capabilities that ends in OK. */
export const sieve: Preamble = async (channel) => {
  const lines = new LineReader(channel, 'sieve')
  await lines.greeting(GREETING_MS)
  let line = await lines.line()
  if (!/^(?:"|OK|NO|BYE)/i.test(line)) throw lines.notSpoken('it greets in another protocol')
  while (line.startsWith('"')) line = await lines.line()
  if (!/^OK\b/i.test(line)) throw lines.refused(line)
  lines.write('STARTTLS')
  const answer = await lines.line()
  if (!/^OK\b/i.test(answer)) throw lines.refused(answer)
  return channel
}
