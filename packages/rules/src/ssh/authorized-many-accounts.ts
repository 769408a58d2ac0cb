import type { CredentialRule } from '../rule.ts'
import { NHI9, sources } from '../sources.ts'

export const authorizedManyAccounts: CredentialRule = {
  id: 'ssh.key-opens-many-accounts',
  title: 'One SSH key opens many accounts',
  severity: 'medium',
  object: 'credential',
  meaning: 'The loss of one private key opens all of these accounts at once, and the log cannot tell which job used it.',
  remedy: 'Use one key per purpose, or short-lived SSH certificates with principals.',
  sources: [NHI9, sources.ir7966],
  check(subject) {
    const accounts = new Set<string>()
    for (const { location, machineId, machineName } of subject.locations) {
      if (location.kind === 'authorized-key' && !location.certAuthority) accounts.add(`${location.account}@${machineName} ${machineId}`)
    }
    if (accounts.size < 3) return null
    const names = [...accounts].map((account) => account.split(' ')[0]!).sort()
    return { evidence: `lets its holder in as ${accounts.size} accounts: ${names.slice(0, 5).join(', ')}` }
  },
}
