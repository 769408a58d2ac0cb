import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const noTls13: EndpointRule = {
  id: 'tls.no-tls13',
  title: 'Endpoint does not offer TLS 1.3',
  severity: 'info',
  object: 'endpoint',
  meaning: 'TLS 1.3 removes the weak choices of earlier versions, and post-quantum key exchange exists for it alone.',
  remedy: 'Enable TLS 1.3; update the TLS library if it does not know it.',
  sources: [sources.sp800_52, sources.rfc(8446)],
  check({ tls }) {
    if (tls === null || tls.versions === null || tls.versions.length === 0 || tls.versions.includes('TLSv1.3')) return null
    return { evidence: `newest version is ${tls.versions.at(-1)}` }
  },
}
