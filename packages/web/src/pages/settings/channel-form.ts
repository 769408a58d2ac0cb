import type { Severity } from '@muster/core'
import { newAlertChannelSchema, type AlertChannel, type NewAlertChannel } from '@muster/core/api'

export const channelNames = { smtp: 'E-mail', webhook: 'Webhook', slack: 'Slack-compatible', syslog: 'Syslog' } as const
export type ChannelType = AlertChannel['type']

/** The channel form as typed; secrets are only sent when something was typed. */
export type ChannelForm = {
  type: ChannelType; name: string; enabled: boolean; severities: Severity[]; owner: string; dueWithinDays: string; mode: 'immediate' | 'digest'; digestHourUtc: string
  host: string; port: string; tls: 'implicit' | 'starttls' | 'none'; username: string; from: string; to: string; url: string; secret: string; transport: 'udp' | 'tcp' | 'tls'
}

/** A form with what the channel has; secrets stay where they are. */
export function formOfChannel(channel: AlertChannel | null): ChannelForm {
  const blank: ChannelForm = { type: 'smtp', name: '', enabled: true, severities: ['critical', 'high'], owner: '', dueWithinDays: '', mode: 'digest', digestHourUtc: '7', host: '', port: '587', tls: 'starttls', username: '', from: '', to: '', url: '', secret: '', transport: 'tls' }
  if (channel === null) return blank
  const shared = { ...blank, type: channel.type, name: channel.name, enabled: channel.enabled, severities: [...channel.severities], owner: channel.owner ?? '', dueWithinDays: channel.dueWithinDays === null ? '' : String(channel.dueWithinDays), mode: channel.mode, digestHourUtc: String(channel.digestHourUtc) }
  switch (channel.type) {
    case 'smtp': return { ...shared, host: channel.host, port: String(channel.port), tls: channel.tls, username: channel.username ?? '', from: channel.from, to: channel.to.join(', ') }
    case 'webhook': return { ...shared, url: channel.url }
    case 'slack': return shared
    case 'syslog': return { ...shared, host: channel.host, port: String(channel.port), transport: channel.transport }
  }
}

/** What the API is sent, or messages by field (`''` for the whole form) when the schema refuses it. */
export function bodyOfChannel(form: ChannelForm): { body: NewAlertChannel } | { problems: Record<string, string> } {
  const shared = { type: form.type, name: form.name.trim(), enabled: form.enabled, severities: form.severities, owner: form.owner.trim() === '' ? null : form.owner.trim(), dueWithinDays: form.dueWithinDays.trim() === '' ? null : Number(form.dueWithinDays), mode: form.mode, digestHourUtc: Number(form.digestHourUtc) }
  const server = { host: form.host.trim(), port: Number(form.port) }
  const parts = {
    smtp: { ...server, tls: form.tls, username: form.username === '' ? null : form.username, ...(form.secret === '' ? {} : { password: form.secret }), from: form.from.trim(), to: form.to.split(/[,\s]+/).filter((address) => address !== '') },
    webhook: { url: form.url.trim(), ...(form.secret === '' ? {} : { signingKey: form.secret }) },
    slack: form.url.trim() === '' ? {} : { url: form.url.trim() },
    syslog: { ...server, transport: form.transport },
  }
  const problems: Record<string, string> = {}
  if ((form.type === 'smtp' || form.type === 'syslog') && server.host === '') problems['host'] = 'Name a server'
  const parsed = newAlertChannelSchema.safeParse({ ...shared, ...parts[form.type] })
  for (const issue of parsed.error?.issues ?? []) problems[String(issue.path[0] ?? '')] ??= issue.message
  return parsed.success && Object.keys(problems).length === 0 ? { body: parsed.data } : { problems }
}
