import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

const weak = {
  'key exchange': /^(diffie-hellman-group1-sha1|diffie-hellman-group14-sha1|diffie-hellman-group-exchange-sha1|rsa1024-sha1)$/,
  cipher: /^(3des-cbc|arcfour|blowfish-cbc|cast128-cbc|aes(128|192|256)-cbc|rijndael-cbc@lysator\.liu\.se|des-cbc|none)/,
  MAC: /^(hmac-md5|hmac-sha1-96|umac-64@|hmac-ripemd160|none)/,
  'host key algorithm': /^(ssh-dss|ssh-rsa)$/,
} as const

export const sshWeakAlgorithms: EndpointRule = {
  id: 'ssh.weak-algorithms',
  title: 'SSH server offers outdated algorithms',
  severity: 'medium',
  object: 'endpoint',
  meaning: 'A client or an attacker in the path can bring the connection down to algorithms based on SHA-1, MD5, 1024-bit groups or CBC.',
  remedy: 'Set KexAlgorithms, Ciphers, MACs and HostKeyAlgorithms in sshd_config to the defaults of a current OpenSSH.',
  sources: [sources.rfc(9142), sources.rfc(8758), sources.ir7966],
  check({ ssh }) {
    if (ssh === null) return null
    const offered = { 'key exchange': ssh.keyExchange, cipher: ssh.ciphers, MAC: ssh.macs, 'host key algorithm': ssh.hostKeyAlgorithms }
    const parts: string[] = []
    for (const [what, pattern] of Object.entries(weak)) {
      const names = offered[what as keyof typeof offered].filter((name) => pattern.test(name))
      if (names.length > 0) parts.push(`${what} ${names.slice(0, 4).join(', ')}`)
    }
    return parts.length === 0 ? null : { evidence: parts.join('; ') }
  },
}
