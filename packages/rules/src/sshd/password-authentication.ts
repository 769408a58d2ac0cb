import type { ConfigurationRule } from '../rule.ts'
import { NHI4, sources } from '../sources.ts'

export const passwordAuthentication: ConfigurationRule = {
  id: 'sshd.password-authentication',
  title: 'sshd accepts passwords',
  severity: 'medium',
  object: 'configuration',
  format: 'sshd-config',
  meaning: 'Passwords can be guessed, phished and reused. PasswordAuthentication is on unless it is switched off.',
  remedy: 'Set PasswordAuthentication and KbdInteractiveAuthentication to no once everyone has a key or certificate.',
  sources: [sources.opensshManual('sshd_config'), NHI4, sources.ir7966],
  check({ settings }) {
    const value = settings['passwordauthentication']?.[0]?.toLowerCase()
    if (value === 'no') return null
    return { evidence: value === undefined ? 'PasswordAuthentication is not set, and the default is yes' : `PasswordAuthentication ${value}` }
  },
}
