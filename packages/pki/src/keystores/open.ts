import { MusterError, type Secret } from '@muster/core'
import { KdfBudget } from '../keys/kdf.ts'
import { isJks, openJks } from './jks.ts'
import type { Keystore } from './keystore.ts'
import { openPkcs12 } from './pkcs12.ts'

/**
 * Opens a PKCS#12, JKS or JCEKS store, told apart by content. Public entries are read even when no passphrase fits where
 * the format allows it. The work all passphrases may cost together is bounded.
 * @throws MusterError keystore.invalid, der.invalid, der.limit when it is no such store or damaged beyond reading
 */
export function openKeystore(bytes: Uint8Array, passphrases: readonly Secret[], budget: KdfBudget = new KdfBudget()): Keystore {
  if (isJks(bytes)) return openJks(bytes, passphrases, budget)
  if (bytes[0] === 0x30) return openPkcs12(bytes, passphrases, budget)
  throw new MusterError('keystore.invalid', 'neither PKCS#12 nor a Java keystore')
}
