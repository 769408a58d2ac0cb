import { keyName, keyOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const rsaShort: CredentialRule = {
  id: 'key.rsa-under-2048',
  title: 'RSA key shorter than 2048 bits',
  severity: 'high',
  object: 'credential',
  meaning: 'RSA keys of 1024 bits are within reach of well-funded attackers, shorter ones of anybody; 768 bits were factored in public in 2009.',
  remedy: 'Generate a new key (P-256, Ed25519, or RSA of at least 3072 bits), issue again and retire this one.',
  sources: [sources.sp800_131a, sources.sp800_57, sources.cabBr('6.1.5')],
  check(subject) {
    const key = keyOf(subject.credential)
    if (key === null || !key.algorithm.startsWith('rsa') || key.sizeBits === null || key.sizeBits >= 2048) return null
    return { severity: key.sizeBits < 1024 ? 'critical' : 'high', evidence: keyName(key) }
  },
}
