import { leavesOf } from '../facts.ts'
import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const selfSignedServed: EndpointRule = {
  id: 'tls.self-signed',
  title: 'Endpoint serves a self-signed certificate',
  severity: 'medium',
  object: 'endpoint',
  meaning: 'No client can verify it without being told to trust exactly this certificate. In practice verification is switched off, and anybody in the path can impersonate the server.',
  remedy: 'Issue a certificate from a CA that the clients trust.',
  sources: [sources.sp1800_16, sources.pci('4.2.1')],
  check(subject) {
    const leaf = leavesOf(subject).find((one) => one.selfIssued)
    return leaf === undefined ? null : { evidence: `issued by itself: ${leaf.subject || 'empty subject'}` }
  },
}
