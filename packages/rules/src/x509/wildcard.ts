import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const wildcard: CredentialRule = {
  id: 'x509.wildcard',
  title: 'Wildcard certificate',
  severity: 'low',
  object: 'credential',
  meaning: 'One key speaks for every name below a domain: whoever takes it from the least protected server can impersonate all the others.',
  remedy: 'Issue a certificate per service with the names it needs; keep a wildcard only where it is justified and protected.',
  sources: [sources.sp1800_16, sources.rfc9525('7.1')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.isCa) return null
    const names = certificate.subjectAltNames.filter((name) => name.type === 'dns' && name.value.startsWith('*.')).map((name) => name.value)
    if (names.length === 0 && certificate.commonName?.startsWith('*.')) names.push(certificate.commonName)
    if (names.length === 0) return null
    return {
      severity: subject.machineCount > 1 ? 'medium' : 'low',
      evidence: subject.machineCount > 1 ? `covers ${names.slice(0, 5).join(', ')} and is on ${subject.machineCount} machines` : `covers ${names.slice(0, 5).join(', ')}`,
    }
  },
}
