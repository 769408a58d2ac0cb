import { leavesOf } from '../facts.ts'
import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const mustStapleMissing: EndpointRule = {
  id: 'tls.must-staple-not-stapled',
  title: 'Certificate demands a stapled OCSP response and none is sent',
  severity: 'high',
  object: 'endpoint',
  meaning: 'The certificate carries must-staple: clients that honour it refuse the connection without a stapled response.',
  remedy: 'Enable OCSP stapling on the server, or reissue without must-staple.',
  sources: [sources.rfc(7633)],
  check(subject) {
    if (subject.tls?.ocspStapled !== false) return null
    return leavesOf(subject).some((leaf) => leaf.mustStaple) ? { evidence: 'must-staple is set and no response was stapled' } : null
  },
}
