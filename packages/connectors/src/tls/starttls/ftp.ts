import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

const READY = 220
const READY_SOON = 120
const PROCEED = 234

/** FTP, RFC 4217 §4. */
export const ftp: Preamble = async (channel) => {
  const lines = new LineReader(channel, 'ftp')
  await lines.greeting(GREETING_MS)
  let greeting = await lines.reply()
  if (greeting.code === READY_SOON) greeting = await lines.reply()
  if (greeting.code !== READY) throw lines.refused(`${greeting.code} ${greeting.text}`)
  lines.write('AUTH TLS')
  const answer = await lines.reply()
  if (answer.code !== PROCEED) throw lines.refused(`${answer.code} ${answer.text}`)
  return channel
}
