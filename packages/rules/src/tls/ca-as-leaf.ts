import { leavesOf } from '../facts.ts'
import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const caAsLeaf: EndpointRule = {
  id: 'tls.ca-as-leaf',
  title: 'Endpoint serves a CA certificate as its own',
  severity: 'high',
  object: 'endpoint',
  meaning: 'The key of a CA lies on a server on the network. Whoever takes it can issue certificates for any name to everyone who trusts that CA.',
  remedy: 'Issue an end-entity certificate for the server, take the CA key off the machine, and replace the CA if it was exposed.',
  sources: [sources.rfc5280('4.2.1.9'), sources.sp1800_16],
  check(subject) {
    const leaf = leavesOf(subject).find((one) => one.isCa)
    if (leaf === undefined) return null
    return { severity: leaf.selfIssued ? 'low' : 'high', evidence: `${leaf.subject || 'the certificate'} has CA:TRUE` }
  },
}
