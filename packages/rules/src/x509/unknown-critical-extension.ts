import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const unknownCriticalExtension: CredentialRule = {
  id: 'x509.unknown-critical-extension',
  title: 'Critical extension that standard validators do not know',
  severity: 'low',
  object: 'credential',
  meaning: 'A validator must refuse a certificate with a critical extension it does not understand, so only special software accepts this one.',
  remedy: 'Make sure every consumer understands the extension, or reissue without it or with it marked non-critical.',
  sources: [sources.rfc5280('4.2')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.unknownCriticalExtensions.length === 0) return null
    return { evidence: `critical: ${certificate.unknownCriticalExtensions.slice(0, 5).join(', ')}` }
  },
}
