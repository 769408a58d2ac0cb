import type { EndpointRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshProtocol1: EndpointRule = {
  id: 'ssh.protocol-1',
  title: 'SSH server speaks protocol version 1',
  severity: 'high',
  object: 'endpoint',
  meaning: 'SSH 1 has no integrity protection worth the name: sessions can be read and altered.',
  remedy: 'Allow protocol 2 only, or replace the device.',
  sources: [sources.rfc(4253, '5.1'), sources.ir7966],
  check({ ssh }) {
    if (ssh === null || !ssh.banner.startsWith('SSH-1.')) return null
    return { evidence: `banner ${JSON.stringify(ssh.banner.slice(0, 60))}` }
  },
}
