import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

const PROCEED = 382

/** NNTP, RFC 4642 §2.2. */
export const nntp: Preamble = async (channel) => {
  const lines = new LineReader(channel, 'nntp')
  await lines.greeting(GREETING_MS)
  const greeting = await lines.reply()
  if (greeting.code !== 200 && greeting.code !== 201) throw lines.refused(`${greeting.code} ${greeting.text}`)
  lines.write('STARTTLS')
  const answer = await lines.reply()
  if (answer.code !== PROCEED) throw lines.refused(`${answer.code} ${answer.text}`)
  return channel
}
