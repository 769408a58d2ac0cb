import type { ConfigurationRule } from '../rule.ts'
import { NHI5, sources } from '../sources.ts'

export const permitRootLogin: ConfigurationRule = {
  id: 'sshd.permit-root-login',
  title: 'sshd lets root log in with a password',
  severity: 'high',
  object: 'configuration',
  format: 'sshd-config',
  meaning: 'Every password guesser on the network tries root first, and a success is the whole machine. The log cannot say who it was.',
  remedy: 'Set PermitRootLogin to no, or to prohibit-password while keys are still needed.',
  sources: [sources.opensshManual('sshd_config'), NHI5, sources.ir7966],
  check({ settings }) {
    return settings['permitrootlogin']?.[0]?.toLowerCase() === 'yes' ? { evidence: 'PermitRootLogin yes' } : null
  },
}
