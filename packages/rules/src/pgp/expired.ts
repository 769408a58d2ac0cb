import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const pgpExpired: CredentialRule = {
  id: 'pgp.expired',
  title: 'OpenPGP key has expired or is revoked',
  severity: 'medium',
  object: 'credential',
  meaning: 'Signatures made with it are refused and nobody encrypts to it: package repositories and release checks that rely on it stop.',
  remedy: 'Extend the key or replace it, and distribute the new one to whoever verifies with it.',
  sources: [sources.rfc(9580, '5.2.3.13')],
  check(subject, { now }) {
    const key = subject.credential
    if (key.kind !== 'pgp-key') return null
    if (key.revoked) return { evidence: 'revoked by its owner' }
    if (key.notAfter === null || now.getTime() < Date.parse(key.notAfter)) return null
    return { evidence: `expired at ${key.notAfter}`, due: key.notAfter }
  },
}
