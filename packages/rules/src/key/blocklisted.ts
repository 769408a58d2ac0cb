import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const blocklisted: CredentialRule = {
  id: 'key.blocklisted',
  title: 'Key is on a list of known private keys',
  severity: 'critical',
  object: 'credential',
  meaning: 'The private half is public: a Debian weak key (CVE-2008-0166), a key shipped in firmware, or one leaked and collected.',
  remedy: 'Treat the key as compromised: generate a new one, reissue and revoke everything issued for it.',
  sources: [sources.cve('CVE-2008-0166'), sources.cabBr('6.1.1.3')],
  check(subject) {
    const weakness = subject.weaknesses.find((one) => one.reason === 'blocklisted')
    return weakness === undefined ? null : { evidence: `listed in ${weakness.note}` }
  },
}
