import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const noPqcGroup: EndpointRule = {
  id: 'tls.no-post-quantum-key-exchange',
  title: 'Endpoint offers no post-quantum key exchange',
  severity: 'info',
  object: 'endpoint',
  meaning: 'Traffic recorded today can be decrypted once a large quantum computer exists. Key exchange comes before signatures in any migration for that reason.',
  remedy: 'Enable X25519MLKEM768 (OpenSSL 3.5, BoringSSL, Go 1.24, and current browsers have it).',
  sources: [sources.ir8547],
  check({ tls }) {
    if (tls === null || tls.groups === null || tls.groups.length === 0 || tls.groups.some((name) => /mlkem|kyber/i.test(name))) return null
    return { evidence: `offers ${tls.groups.slice(0, 4).join(', ')}` }
  },
}
