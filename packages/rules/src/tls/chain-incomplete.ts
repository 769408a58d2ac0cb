import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const chainIncomplete: EndpointRule = {
  id: 'tls.chain-incomplete',
  title: 'Endpoint does not send its intermediate certificates',
  severity: 'medium',
  object: 'endpoint',
  meaning: 'Browsers fetch or remember missing intermediates; most programs do not. Machine clients fail where the same page opens in a browser.',
  remedy: 'Serve the leaf followed by every intermediate; the root may be left out.',
  sources: [sources.rfc8446('4.4.2'), sources.sp1800_16],
  check(subject) {
    for (const chain of subject.chains) {
      const leaf = chain[0]
      if (leaf === undefined || leaf.selfIssued || chain.length > 1) continue
      // Only a CA that says where its certificate lies, or that is public, is known to have an intermediate to send.
      if (leaf.caIssuersUrls.length > 0 || leaf.sctCount > 0) return { evidence: `one certificate sent; its issuer ${leaf.issuer} is missing` }
    }
    return null
  },
}
