import type { CredentialRule } from '../rule.ts'
import { NHI9, sources } from '../sources.ts'

export const severalCertificates: CredentialRule = {
  id: 'key.several-certificates',
  title: 'Same key in several certificates',
  severity: 'low',
  object: 'credential',
  meaning: 'The key was kept when the certificate was renewed, or serves several names. Its age is then that of the oldest certificate, and one leak undoes all.',
  remedy: 'Generate a new key with every renewal; use one key per certificate.',
  sources: [sources.sp1800_16, NHI9],
  check(subject) {
    if (subject.credential.kind !== 'certificate' || subject.credential.isCa) return null
    const others = subject.sameKey.filter((one) => one.kind === 'certificate')
    if (others.length === 0) return null
    return { evidence: `${others.length} other ${others.length === 1 ? 'certificate has' : 'certificates have'} this key: ${others.slice(0, 3).map((one) => one.name).join(', ')}` }
  },
}
