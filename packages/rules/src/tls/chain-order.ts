import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const chainOrder: EndpointRule = {
  id: 'tls.chain-order',
  title: 'Certificate chain is sent in the wrong order or with strangers in it',
  severity: 'low',
  object: 'endpoint',
  meaning: 'Each certificate should certify the one before it. Older and embedded clients give up when it does not.',
  remedy: 'Send the leaf first, then the certificate that signed it, and so on; remove certificates that do not belong.',
  sources: [sources.rfc8446('4.4.2'), sources.rfc(5246, '7.4.2')],
  check(subject) {
    for (const chain of subject.chains) {
      for (let i = 1; i < chain.length; i++) {
        const child = chain[i - 1]!
        const parent = chain[i]!
        const tied = child.authorityKeyId === null || parent.subjectKeyId === null || child.authorityKeyId === parent.subjectKeyId
        if (child.issuer !== parent.subject || !tied) return { evidence: `certificate ${i + 1} (${parent.subject}) did not issue certificate ${i} (${child.subject})` }
      }
    }
    return null
  },
}
