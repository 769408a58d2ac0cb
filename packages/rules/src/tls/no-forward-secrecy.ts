import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

const staticRsa = /^TLS_(RSA|DH|ECDH|PSK|RSA_PSK)_/

export const noForwardSecrecy: EndpointRule = {
  id: 'tls.no-forward-secrecy',
  title: 'Endpoint accepts cipher suites without forward secrecy',
  severity: 'low',
  object: 'endpoint',
  meaning: 'Recorded traffic can be decrypted later by whoever obtains the private key; static RSA key exchange also keeps Bleichenbacher attacks alive.',
  remedy: 'Allow ECDHE suites only (and TLS 1.3, where every suite has forward secrecy).',
  sources: [sources.sp800_52, sources.rfc(9325, '4.1')],
  check({ tls }) {
    if (tls === null || tls.cipherSuites === null || tls.cipherSuites.length === 0) return null
    const suites = tls.cipherSuites.filter((suite) => suite.version !== 'TLSv1.3')
    const without = suites.filter((suite) => staticRsa.test(suite.name)).map((suite) => suite.name)
    if (without.length === 0) return null
    const none = without.length === tls.cipherSuites.length
    return { severity: none ? 'medium' : 'low', evidence: none ? 'no suite has forward secrecy' : `without it: ${[...new Set(without)].slice(0, 4).join(', ')}` }
  },
}
