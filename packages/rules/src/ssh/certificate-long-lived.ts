import { DAY_MS } from '@muster/core'
import type { CredentialRule } from '../rule.ts'
import { NHI7, sources } from '../sources.ts'

const MAX_DAYS = { user: 30, host: 398 } as const

export const sshCertificateLongLived: CredentialRule = {
  id: 'ssh.certificate-long-lived',
  title: 'SSH certificate that lives too long',
  severity: 'medium',
  object: 'credential',
  meaning: 'The point of SSH certificates is that they end before a theft matters. One that lives for months, or for ever, is a key with extra steps.',
  remedy: 'Issue user certificates for hours or days and renew them automatically; host certificates for a year at most.',
  sources: [NHI7, sources.ir7966],
  check(subject) {
    const certificate = subject.credential
    if (certificate.kind !== 'ssh-certificate') return null
    if (certificate.notAfter === null) return { severity: 'high', evidence: 'never ends' }
    if (certificate.notBefore === null) return null
    const days = (Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore)) / DAY_MS
    const limit = MAX_DAYS[certificate.certificateType]
    return days <= limit ? null : { evidence: `${certificate.certificateType} certificate valid for ${Math.ceil(days)} days, more than ${limit}` }
  },
}
