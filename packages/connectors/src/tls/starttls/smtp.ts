import type { Channel } from '../../network/connection.ts'
import type { Preamble } from '../../network/session.ts'
import { GREETING_MS, LineReader } from './lines.ts'

/** A name for EHLO that resolves nowhere (RFC 2606): the probe has none of its own. */
const CLIENT_NAME = 'muster.invalid'

async function mail(channel: Channel, protocol: 'smtp' | 'lmtp'): Promise<Channel> {
  const lines = new LineReader(channel, protocol)
  await lines.greeting(GREETING_MS)
  const greeting = await lines.reply()
  if (greeting.code !== 220) throw lines.refused(`${greeting.code} ${greeting.text}`)
  lines.write(`${protocol === 'smtp' ? 'EHLO' : 'LHLO'} ${CLIENT_NAME}`)
  const hello = await lines.reply()
  if (hello.code !== 250) throw lines.refused(`${hello.code} ${hello.text}`)
  lines.write('STARTTLS')
  const answer = await lines.reply()
  if (answer.code !== 220) throw lines.refused(`${answer.code} ${answer.text}`)
  return channel
}

/** SMTP and submission, RFC 3207. */
export const smtp: Preamble = (channel) => mail(channel, 'smtp')

/** LMTP, RFC 2033 with RFC 3207. */
export const lmtp: Preamble = (channel) => mail(channel, 'lmtp')
