import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const missingKeyUsage: CredentialRule = {
  id: 'x509.missing-key-usage',
  title: 'CA certificate without keyCertSign, or certificate without key usage',
  severity: 'low',
  object: 'credential',
  meaning: 'Key usage keeps a key to its job. RFC 5280 makes it compulsory for CAs, and strict validators refuse a CA that lacks keyCertSign.',
  remedy: 'Reissue it with the key usages it needs: keyCertSign and cRLSign for a CA, digitalSignature for a server.',
  sources: [sources.rfc5280('4.2.1.3')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.version < 3) return null
    if (certificate.keyUsage === null) return { severity: certificate.isCa ? 'medium' : 'low', evidence: 'no keyUsage extension' }
    if (certificate.isCa && !certificate.keyUsage.includes('keyCertSign')) return { severity: 'medium', evidence: 'a CA whose keyUsage lacks keyCertSign' }
    return null
  },
}
