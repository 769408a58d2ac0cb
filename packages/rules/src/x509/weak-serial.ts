import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const weakSerial: CredentialRule = {
  id: 'x509.weak-serial-number',
  title: 'Serial number is not positive or too short to be random',
  severity: 'low',
  object: 'credential',
  meaning: 'A predictable serial number lets an attacker prepare a colliding certificate; a zero, negative or overlong one breaks validators and revocation.',
  remedy: 'Reissue from a CA that draws at least 64 random bits, positive and at most 20 octets.',
  sources: [sources.rfc5280('4.1.2.2'), sources.cabBr('7.1')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || (certificate.isCa && certificate.selfIssued)) return null
    const serial = certificate.serialNumber
    if (serial.startsWith('-') || /^0+$/.test(serial)) return { severity: 'medium', evidence: `serial number ${serial} is not positive` }
    const digits = serial.replace(/^0+/, '').length
    if (digits > 40) return { evidence: `serial number is ${Math.ceil(digits / 2)} octets long, more than 20` }
    return digits < 14 ? { evidence: `serial number ${serial} has fewer than 56 bits` } : null
  },
}
