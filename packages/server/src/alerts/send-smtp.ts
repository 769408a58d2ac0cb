import { isIP } from 'node:net'
import { MusterError, type Secret } from '@muster/core'
import { createTransport } from 'nodemailer'
import { resolveAllowed } from './addresses.ts'
import { type AlertMessage, headline, plainText } from './message.ts'

export type SmtpSettings = {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly username: string | null
  readonly from: string
  readonly to: readonly string[]
}

const TIMEOUT_MS = 10_000

/**
 * Sends the message as one plain-text mail. The Message-ID comes of the delivery, so mail systems fold repetitions.
 *
 * @throws MusterError delivery.failed, target.forbidden
 */
export async function sendMail(settings: SmtpSettings, password: Secret | null, message: AlertMessage): Promise<void> {
  const address = await resolveAllowed(settings.host)
  const transport = createTransport({
    host: address, port: settings.port,
    secure: settings.tls === 'implicit', requireTLS: settings.tls === 'starttls', ignoreTLS: settings.tls === 'none',
    // Connected by the address that was checked, verified by the name that was configured.
    ...(isIP(settings.host) === 0 ? { tls: { servername: settings.host } } : {}),
    ...(settings.username === null || password === null ? {} : { auth: { user: settings.username, pass: password.revealText() } }),
    connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS,
    disableFileAccess: true, disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      from: settings.from, to: [...settings.to], subject: headline(message), text: plainText(message),
      messageId: `<${message.id}@muster.invalid>`, date: new Date(message.at), headers: { 'auto-submitted': 'auto-generated' },
    })
  } catch (error) {
    throw failure(settings, error)
  } finally {
    transport.close()
  }
}

/** Says the server's status or the error's code; its text may repeat what was sent. */
function failure({ host, port }: SmtpSettings, error: unknown): MusterError {
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message?: string }
  // The mail library calls every fault of a socket ESOCKET; which one it was stands in the system's own words.
  const system = code === 'ESOCKET' ? /\b(?:connect|read|write|send) (E[A-Z]+)\b/.exec(message ?? '')?.[1] : undefined
  const why = responseCode === undefined ? (system ?? code ?? 'unknown error') : `it answered ${responseCode}`
  return new MusterError('delivery.failed', `mail could not be handed to ${host} port ${port}: ${why}`)
}
