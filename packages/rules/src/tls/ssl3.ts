import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const ssl3Offered: EndpointRule = {
  id: 'tls.ssl3-offered',
  title: 'Endpoint accepts SSL 3.0',
  severity: 'high',
  object: 'endpoint',
  meaning: 'SSL 3.0 is broken by design (POODLE): an attacker in the path reads cookies and passwords.',
  remedy: 'Switch SSL 3.0 off and allow TLS 1.2 and 1.3 only.',
  sources: [sources.rfc(7568), sources.cve('CVE-2014-3566'), sources.sp800_52],
  check({ tls }) {
    return tls?.versions?.includes('SSLv3') === true ? { evidence: 'SSLv3 accepted' } : null
  },
}
