import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshNoPqc: EndpointRule = {
  id: 'ssh.no-post-quantum-key-exchange',
  title: 'SSH server offers no post-quantum key exchange',
  severity: 'info',
  object: 'endpoint',
  meaning: 'Sessions recorded today can be decrypted once a large quantum computer exists. OpenSSH has had hybrid key exchange since 8.5 and prefers it since 9.0.',
  remedy: 'Update OpenSSH, or add mlkem768x25519-sha256 or sntrup761x25519-sha512 to KexAlgorithms.',
  sources: [sources.ir8547],
  check({ ssh }) {
    if (ssh === null || ssh.keyExchange.length === 0 || ssh.keyExchange.some((name) => /mlkem|sntrup/.test(name))) return null
    return { evidence: `offers ${ssh.keyExchange.slice(0, 3).join(', ')}` }
  },
}
