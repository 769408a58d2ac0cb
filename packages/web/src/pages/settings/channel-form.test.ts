import { describe, expect, it } from 'vitest'
import { bodyOfChannel, formOfChannel } from './channel-form.ts'

const blank = formOfChannel(null)

describe('the form of an alert channel', () => {
  it('sends an e-mail channel with several recipients', () => {
    const result = bodyOfChannel({ ...blank, name: ' Mail ', host: 'mail.example.net', from: 'muster@example.com', to: 'a@example.com, b@example.com' })
    expect(result).toMatchObject({ body: { type: 'smtp', name: 'Mail', port: 587, to: ['a@example.com', 'b@example.com'], owner: null, dueWithinDays: null } })
    expect(result).not.toHaveProperty('body.password')
  })
  it('keeps a secret that was not typed where it is, and sends one that was', () => {
    const webhook = { ...blank, type: 'webhook' as const, name: 'Hook', url: 'https://hooks.example.net/x' }
    expect(bodyOfChannel(webhook)).not.toHaveProperty('body.signingKey')
    expect(bodyOfChannel({ ...webhook, secret: 'sixteen-characters' })).toMatchObject({ body: { signingKey: 'sixteen-characters' } })
  })
  it('names the fields that are wrong', () => {
    expect(Object.keys((bodyOfChannel({ ...blank, to: 'nobody', severities: [] }) as { problems: Record<string, string> }).problems).sort()).toEqual(['host', 'name', 'severities', 'to'])
    expect(bodyOfChannel({ ...blank, type: 'webhook', name: 'x', url: 'not a url' })).toHaveProperty('problems.url')
    expect(bodyOfChannel({ ...blank, type: 'syslog', name: 'x', host: 'h', port: '70000' })).toHaveProperty('problems.port')
  })
  it('opens an existing channel as it is', () => {
    const form = formOfChannel({ id: 'x', type: 'syslog', name: 'SIEM', enabled: false, host: 'siem', port: 6514, transport: 'tls', severities: ['critical'], owner: 'Web', dueWithinDays: 7, mode: 'immediate', digestHourUtc: 3 })
    expect(bodyOfChannel(form)).toEqual({ body: { type: 'syslog', name: 'SIEM', enabled: false, host: 'siem', port: 6514, transport: 'tls', severities: ['critical'], owner: 'Web', dueWithinDays: 7, mode: 'immediate', digestHourUtc: 3 } })
  })
})
