import type { ConfigurationRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const strictModesOff: ConfigurationRule = {
  id: 'sshd.strict-modes-off',
  title: 'sshd does not check who may write authorized_keys',
  severity: 'medium',
  object: 'configuration',
  format: 'sshd-config',
  meaning: 'With StrictModes off sshd believes an authorized_keys file that other accounts can write.',
  remedy: 'Remove the StrictModes setting and correct the modes of home directories and .ssh.',
  sources: [sources.opensshManual('sshd_config')],
  check({ settings }) {
    return settings['strictmodes']?.[0]?.toLowerCase() === 'no' ? { evidence: 'StrictModes no' } : null
  },
}
