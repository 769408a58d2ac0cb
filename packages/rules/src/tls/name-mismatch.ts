import { matchesHostname } from '@muster/pki'
import { leavesOf } from '../facts.ts'
import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

const isAddress = (host: string) => /^[0-9.]+$/.test(host) || host.includes(':')

export const nameMismatch: EndpointRule = {
  id: 'tls.name-mismatch',
  title: 'Certificate does not name the host it is served for',
  severity: 'high',
  object: 'endpoint',
  meaning: 'Clients that verify refuse the connection. Usually the default virtual host answers, or a name was added without reissuing.',
  remedy: 'Reissue the certificate with this name, or configure the server to serve the right one for it.',
  sources: [sources.rfc9525('6'), sources.sp1800_16],
  check(subject) {
    // An address that was merely scanned is no name anybody uses: only names count.
    const name = subject.sni ?? (isAddress(subject.host) ? null : subject.host)
    if (name === null || name === 'localhost') return null
    const leaf = leavesOf(subject).find((one) => !matchesHostname(one, name))
    if (leaf === undefined) return null
    const names = leaf.subjectAltNames.map((entry) => entry.value)
    return { evidence: `asked for ${name}; the certificate names ${names.slice(0, 4).join(', ') || 'no host'}` }
  },
}
