import { DAY_MS, type Severity } from '@muster/core'
import type { AlertChannel, NewAlertChannel } from '@muster/core/api'

/** A finding as a message tells of it. */
export type AlertFinding = {
  readonly id: string
  readonly ruleId: string
  readonly title: string
  readonly severity: Severity
  readonly state: 'open' | 'accepted' | 'closed'
  readonly objectName: string
  readonly evidence: string
  readonly due: string | null
  readonly owner: string | null
}

type Omitted<Channel, Keys extends string> = Channel extends unknown ? Omit<Channel, Keys> : never

/** A channel as the store keeps it: everything but its secret, which lies beside it, sealed. */
export type StoredChannel = { readonly id: string; readonly sealedSecret: string | null; readonly lastDigestAt: Date; readonly settings: ChannelSettings }
export type ChannelSettings = Omitted<NewAlertChannel, 'password' | 'signingKey'>

/** Whether the channel wants to hear of the finding: its severity, owner and, counted from `now`, the days it has left. */
export function routes(settings: ChannelSettings, finding: AlertFinding, now: Date): boolean {
  if (!settings.enabled || !settings.severities.includes(finding.severity)) return false
  if (settings.owner !== null && settings.owner !== finding.owner) return false
  if (settings.dueWithinDays === null) return true
  return finding.due !== null && new Date(finding.due).getTime() - now.getTime() <= settings.dueWithinDays * DAY_MS
}

/** The latest instant, not after `now`, at which the channel's daily digest was due. */
export function lastDigestDue(hourUtc: number, now: Date): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hourUtc)
  return new Date(today <= now.getTime() ? today : today - DAY_MS)
}

/** The secret a request brings along; undefined when it leaves it as it is. Of a Slack channel the URL is the secret. */
export function secretOf(channel: NewAlertChannel): string | undefined {
  switch (channel.type) {
    case 'smtp': return channel.password
    case 'webhook': return channel.signingKey
    case 'slack': return channel.url
    case 'syslog': return undefined
  }
}

/** The request without its secret. */
export function settingsOf(channel: NewAlertChannel): ChannelSettings {
  switch (channel.type) {
    case 'smtp': {
      const { password: _secret, ...settings } = channel
      return settings
    }
    case 'webhook': {
      const { signingKey: _secret, ...settings } = channel
      return settings
    }
    case 'slack': {
      const { url: _secret, ...settings } = channel
      return settings
    }
    case 'syslog': return channel
  }
}

/** The channel as the API shows it: of its secret only whether there is one. */
export function toAlertChannel({ id, sealedSecret, settings }: StoredChannel): AlertChannel {
  const set = sealedSecret !== null
  switch (settings.type) {
    case 'smtp': return { ...settings, id, passwordSet: set }
    case 'webhook': return { ...settings, id, signingKeySet: set }
    case 'slack': {
      const { url: _secret, ...shown } = settings
      return { ...shown, id, urlSet: set }
    }
    case 'syslog': return { ...settings, id }
  }
}
