import { describe, expect, it } from 'vitest'
import { isOldVersion, isQuantumSafe, quantumReadiness, weaknessOf } from './profile.ts'

describe('endpoint profiles', () => {
  it('recognises post-quantum key exchange of TLS and SSH', () => {
    expect(['X25519MLKEM768', 'mlkem768x25519-sha256', 'sntrup761x25519-sha512', 'x25519', 'curve25519-sha256'].map(isQuantumSafe)).toEqual([true, true, true, false, false])
  })
  it('does not know what was not asked', () => {
    const tls = { versions: null, cipherSuites: null, groups: null, alpn: null, ocspStapled: null, chains: [], clientCertificateRequested: null }
    expect(quantumReadiness(tls, null)).toBeNull()
    expect(quantumReadiness({ ...tls, groups: ['x25519'] }, null)).toBe(false)
    expect(quantumReadiness(null, null)).toBeNull()
  })
  it('names what is weak and leaves sound algorithms alone', () => {
    expect(['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'TLS_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'TLS_AES_128_GCM_SHA256', 'TLS_ECDH_anon_WITH_NULL_SHA'].map(weaknessOf)).toEqual(['3DES', 'no forward secrecy', 'CBC', null, 'no protection'])
    expect(['ssh-rsa', 'rsa-sha2-256', 'diffie-hellman-group14-sha1', 'diffie-hellman-group14-sha256', 'hmac-sha1', 'aes128-cbc', 'aes256-ctr'].map(weaknessOf)).toEqual(['SHA-1 signatures', null, 'SHA-1', null, 'SHA-1', 'CBC', null])
  })
  it('calls TLS 1.1 old and TLS 1.2 not', () => {
    expect(['SSLv3', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map(isOldVersion)).toEqual([true, true, false, false])
  })
})
