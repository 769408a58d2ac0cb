import { isMusterError, MusterError, type Secret, type TenantId } from '@muster/core'
import type { StoredChannel } from './channel.ts'
import { type AlertsDeps, secretContext } from './deps.ts'
import type { AlertMessage } from './message.ts'
import { sendSlack, sendWebhook } from './send-http.ts'
import { sendMail } from './send-smtp.ts'
import { sendSyslog } from './send-syslog.ts'

/** Sends the message over the channel once. @throws MusterError delivery.failed, target.forbidden */
export async function sendOver(deps: AlertsDeps, tenantId: TenantId, channel: StoredChannel, message: AlertMessage): Promise<void> {
  const { settings } = channel
  const secret = channel.sealedSecret === null ? null : deps.sealer.open(channel.sealedSecret, secretContext(tenantId, channel.id))
  switch (settings.type) {
    case 'smtp': return sendMail(settings, secret, message)
    case 'webhook': return sendWebhook(settings.url, secret, message, deps.clock.now())
    case 'slack': return sendSlack(requireUrl(secret), message)
    case 'syslog': return sendSyslog(settings, message, { hostname: deps.hostname, processId: process.pid })
  }
}

/** Why an attempt failed, for people; of an unforeseen error nothing is quoted. */
export function reasonOf(error: unknown): string {
  return isMusterError(error) ? error.message : 'an internal error; the log says more'
}

function requireUrl(secret: Secret | null): Secret {
  if (secret === null) throw new MusterError('delivery.failed', 'the channel has no URL')
  return secret
}
