import { placeOf } from '@muster/core'
import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

/** Ciphers and derivations that a passphrase of ordinary strength does not survive. */
const weak = /rc2|rc4|(?<!3|-ede3?-|tripled)\bdes\b|des-cbc|3des|tripledes|md5|md2|jks/i

export const weakProtection: CredentialRule = {
  id: 'key.weak-protection',
  title: 'Private key encrypted with an outdated scheme',
  severity: 'low',
  object: 'credential',
  meaning: '40-bit RC2, DES, MD5-derived keys and the JKS cipher are broken in hours of rented hardware: the passphrase protects little.',
  remedy: 'Rewrite the file with PBES2, AES-256 and scrypt or at least 600,000 rounds of PBKDF2; turn JKS into PKCS#12.',
  sources: [sources.sp800_131a, sources.rfc(8018)],
  check(subject) {
    const places: string[] = []
    const schemes = new Set<string>()
    for (const { location } of privateKeysOf(subject)) {
      const protection = 'protection' in location ? location.protection : null
      if (protection === null || !protection.encrypted) continue
      const scheme = [protection.scheme, protection.kdf].filter((part) => part !== null).join(' ')
      if (!weak.test(scheme)) continue
      schemes.add(scheme)
      places.push(placeOf(location))
    }
    return places.length === 0 ? null : { evidence: `${[...schemes].slice(0, 3).join(', ')} at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
