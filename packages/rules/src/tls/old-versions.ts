import type { EndpointRule } from '../rule.ts'
import { NHI4, sources } from '../sources.ts'

export const oldVersionsOffered: EndpointRule = {
  id: 'tls.old-versions-offered',
  title: 'Endpoint accepts TLS 1.0 or 1.1',
  severity: 'medium',
  object: 'endpoint',
  meaning: 'Both versions are formally deprecated: they rest on SHA-1 and MD5, and keep weak cipher suites alive.',
  remedy: 'Allow TLS 1.2 and 1.3 only. Find the clients that still need the old versions first.',
  sources: [sources.rfc(8996), sources.sp800_52, sources.pci('4.2.1'), NHI4],
  check({ tls }) {
    const old = (tls?.versions ?? []).filter((version) => version === 'TLSv1.0' || version === 'TLSv1.1')
    if (old.length === 0) return null
    const newer = tls?.versions?.some((version) => version === 'TLSv1.2' || version === 'TLSv1.3') === true
    return { severity: newer ? 'medium' : 'high', evidence: newer ? `accepts ${old.join(' and ')}` : `accepts nothing newer than ${old.at(-1)}` }
  },
}
