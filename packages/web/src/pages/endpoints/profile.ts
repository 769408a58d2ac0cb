import type { SshProfile, TlsProfile } from '@muster/core'

/** Key exchange that a quantum computer does not break: hybrid or pure ML-KEM, NTRU Prime, Kyber drafts. */
export function isQuantumSafe(group: string): boolean {
  return /mlkem|kyber|sntrup/i.test(group)
}

/** Whether an endpoint would agree on a quantum-safe key; null when that was not asked. */
export function quantumReadiness(tls: TlsProfile | null, ssh: SshProfile | null): boolean | null {
  if (tls !== null) return tls.groups === null ? null : tls.groups.some(isQuantumSafe)
  return ssh === null ? null : ssh.keyExchange.some(isQuantumSafe)
}

/** Reasons a cipher suite or SSH algorithm is called weak; null for sound ones. */
export function weaknessOf(name: string): string | null {
  if (/NULL|EXPORT|anon/i.test(name)) return 'no protection'
  if (/RC4|arcfour/i.test(name)) return 'RC4'
  if (/3DES|_DES_|\bDES\b/i.test(name)) return '3DES'
  if (/group1-sha1|group14-sha1|group-exchange-sha1/.test(name)) return 'SHA-1'
  if (/^(?:ssh-dss|ssh-rsa)(?:$|-cert)/.test(name)) return 'SHA-1 signatures'
  if (/^hmac-(?:md5|sha1)/.test(name)) return name.includes('md5') ? 'MD5' : 'SHA-1'
  if (name.startsWith('TLS_RSA_')) return 'no forward secrecy'
  if (/-cbc$|_CBC_/.test(name)) return 'CBC'
  return null
}

/** Versions no endpoint should offer any more (RFC 7568, RFC 8996). */
export function isOldVersion(version: string): boolean {
  return version === 'SSLv3' || version === 'TLSv1.0' || version === 'TLSv1.1'
}
