import { privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI7, sources } from '../sources.ts'

export const pgpNeverExpires: CredentialRule = {
  id: 'pgp.never-expires',
  title: 'OpenPGP secret key never expires',
  severity: 'low',
  object: 'credential',
  meaning: 'If the key is lost or stolen, it stays valid for everybody who does not hear of a revocation.',
  remedy: 'Set an expiry of a year or two and extend it while the key is in use.',
  sources: [NHI7, sources.sp800_57],
  check(subject) {
    const key = subject.credential
    if (key.kind !== 'pgp-key' || key.notAfter !== null || key.revoked) return null
    return privateKeysOf(subject).length === 0 ? null : { evidence: `created ${key.createdAt.slice(0, 10)}, no expiry` }
  },
}
