import type { ConfigurationRule } from '../rule.ts'
import { NHI4, sources } from '../sources.ts'

export const permitEmptyPasswords: ConfigurationRule = {
  id: 'sshd.permit-empty-passwords',
  title: 'sshd accepts empty passwords',
  severity: 'critical',
  object: 'configuration',
  format: 'sshd-config',
  meaning: 'Any account without a password lets anybody in.',
  remedy: 'Set PermitEmptyPasswords to no.',
  sources: [sources.opensshManual('sshd_config'), NHI4],
  check({ settings }) {
    return settings['permitemptypasswords']?.[0]?.toLowerCase() === 'yes' ? { evidence: 'PermitEmptyPasswords yes' } : null
  },
}
