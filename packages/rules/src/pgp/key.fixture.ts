import type { PgpKey } from '@muster/core'
import { at } from '../fixtures.ts'

/** A blameless OpenPGP key that lives for a year. */
export function pgpKey(change: Partial<PgpKey> = {}): PgpKey {
  return {
    kind: 'pgp-key', fingerprint: '1'.repeat(64), spkiSha256: null, pgpFingerprint: '2'.repeat(40), pgpVersion: 4, userIds: ['Release <release@example.org>'],
    createdAt: at(-86_400), notAfter: at(365 * 86_400), key: { algorithm: 'ed25519', sizeBits: 256, curve: null, rsaExponent: null, rsaModulus: null },
    subkeyCount: 1, revoked: false, ...change,
  }
}
