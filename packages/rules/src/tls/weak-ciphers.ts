import type { EndpointRule } from '../rule.ts'
import { NHI4, sources } from '../sources.ts'

const broken = /_(NULL|EXPORT|anon|RC4|DES40|DES|RC2)(_|$)|_NULL_/
const old = /_3DES_|_IDEA_|_SEED_/

export const weakCiphers: EndpointRule = {
  id: 'tls.weak-ciphers',
  title: 'Endpoint accepts broken or outdated ciphers',
  severity: 'medium',
  object: 'endpoint',
  meaning: 'NULL, EXPORT, anonymous, RC4 and DES suites protect nothing; 64-bit block ciphers such as 3DES leak long sessions (Sweet32).',
  remedy: 'Allow AES-GCM and ChaCha20-Poly1305 suites only.',
  sources: [sources.rfc(9325, '4.1'), sources.rfc(7465), sources.cve('CVE-2016-2183'), sources.sp800_52, NHI4],
  check({ tls }) {
    const names = [...new Set((tls?.cipherSuites ?? []).map((suite) => suite.name))]
    const worst = names.filter((name) => broken.test(name) && !old.test(name))
    const weak = names.filter((name) => old.test(name))
    if (worst.length > 0) return { severity: 'high', evidence: `accepts ${worst.slice(0, 4).join(', ')}` }
    return weak.length > 0 ? { evidence: `accepts ${weak.slice(0, 4).join(', ')}` } : null
  },
}
