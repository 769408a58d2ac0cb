import type { SshCertificate } from '@muster/core'
import { at } from '../fixtures.ts'

/** A blameless user certificate of one day. */
export function sshCertificate(change: Partial<SshCertificate> = {}): SshCertificate {
  return {
    kind: 'ssh-certificate', fingerprint: 'e'.repeat(64), spkiSha256: 'f'.repeat(64), certificateType: 'user', keyId: 'deploy', serialNumber: '1',
    principals: ['deploy'], notBefore: at(-3600), notAfter: at(82_800), criticalOptions: {}, extensions: [],
    key: { algorithm: 'ed25519', sizeBits: 256, curve: null, rsaExponent: null, rsaModulus: null },
    sshFingerprint: 'SHA256:x', caFingerprint: 'SHA256:ca', caSpkiSha256: null, signatureAlgorithm: 'ssh-ed25519', ...change,
  }
}
