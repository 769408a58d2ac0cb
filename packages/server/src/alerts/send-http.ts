import { createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { MusterError, type Secret } from '@muster/core'
import { resolveAllowed } from './addresses.ts'
import { type AlertMessage, headline, oneLine, plainText } from './message.ts'

const TIMEOUT_MS = 10_000

/**
 * Posts the message as JSON. With a key, `Muster-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA-256 under the key over the
 * seconds since 1970, a full stop, and the body; a receiver refuses what is old. `Muster-Delivery` repeats on a retry.
 *
 * @throws MusterError delivery.failed, target.forbidden
 */
export async function sendWebhook(url: string, key: Secret | null, message: AlertMessage, now: Date): Promise<void> {
  const body = JSON.stringify({ type: 'muster.alert', headline: headline(message), ...message })
  await post(url, body, { 'muster-delivery': message.id, ...(key === null ? {} : { 'muster-signature': signature(key, body, now) }) })
}

/** The value of `Muster-Signature`. */
export function signature(key: Secret, body: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  return `t=${seconds},v1=${createHmac('sha256', key.reveal()).update(`${seconds}.${body}`).digest('hex')}`
}

/** Posts the message to a Slack-compatible incoming webhook (also Mattermost, Rocket.Chat). The URL is the secret. */
export async function sendSlack(url: Secret, message: AlertMessage): Promise<void> {
  const text = message.kind === 'test' ? plainText(message) : message.findings.slice(0, 15).map((finding) => `• *${finding.severity}* ${escapeSlack(finding.title)}: ${escapeSlack(finding.objectName)}`).join('\n')
  await post(url.revealText(), JSON.stringify({ text: `*${escapeSlack(headline(message))}*\n${text}\n${message.url}/findings` }), {})
}

// Slack's own three characters; what else formats in names is shown as it is.
function escapeSlack(text: string): string {
  return oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** One POST to the address that was checked, so a name that changes its mind cannot lead elsewhere; redirects are refused. */
async function post(target: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const url = new URL(target)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new MusterError('delivery.failed', 'the URL is neither http nor https')
  const address = await resolveAllowed(url.hostname)
  const status = await new Promise<number>((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'user-agent': 'muster', connection: 'close', ...headers },
      lookup: (_host, _options, done) => done(null, [{ address, family: isIP(address) }]),
    })
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    request.once('error', (error: NodeJS.ErrnoException) => reject(failure(url, error)))
    request.end(body)
  })
  if (status >= 300 && status < 400) throw new MusterError('delivery.failed', `${url.host} answered with a redirect (${status}), which is not followed`)
  if (status < 200 || status >= 300) throw new MusterError('delivery.failed', `${url.host} answered with status ${status}`)
}

function failure(url: URL, error: NodeJS.ErrnoException): MusterError {
  const why = error.name === 'TimeoutError' || error.name === 'AbortError' ? `no answer in ${TIMEOUT_MS / 1000} s` : (error.code ?? error.name)
  return new MusterError('delivery.failed', `${url.host} could not be reached: ${why}`)
}
