import { MusterError, type KeyAlgorithm, type Protection } from '@muster/core'
import type { PemBlock } from '../pem.ts'
import { bareKeyFacts } from '../x509/spki.ts'
import { decryptCbc } from './encryption.ts'
import { evpBytesToKey } from './kdf.ts'
import { rc2CbcDecrypt } from './old-ciphers.ts'
import { lockedKey, parsePrivateKey, type FoundKey, type KeyFormat, type Unlocking } from './private-key.ts'

type DekCipher = { readonly keyOctets: number; readonly ivOctets: number; readonly name: Parameters<typeof decryptCbc>[0] | 'rc2-cbc' }

/** Ciphers OpenSSL wrote into DEK-Info. */
const dekCiphers: ReadonlyMap<string, DekCipher> = new Map([
  ['AES-128-CBC', { keyOctets: 16, ivOctets: 16, name: 'aes-128-cbc' }],
  ['AES-192-CBC', { keyOctets: 24, ivOctets: 16, name: 'aes-192-cbc' }],
  ['AES-256-CBC', { keyOctets: 32, ivOctets: 16, name: 'aes-256-cbc' }],
  ['CAMELLIA-128-CBC', { keyOctets: 16, ivOctets: 16, name: 'camellia-128-cbc' }],
  ['CAMELLIA-192-CBC', { keyOctets: 24, ivOctets: 16, name: 'camellia-192-cbc' }],
  ['CAMELLIA-256-CBC', { keyOctets: 32, ivOctets: 16, name: 'camellia-256-cbc' }],
  ['DES-EDE3-CBC', { keyOctets: 24, ivOctets: 8, name: 'des-ede3-cbc' }],
  ['DES-CBC', { keyOctets: 8, ivOctets: 8, name: 'des-cbc' }],
  ['RC2-CBC', { keyOctets: 16, ivOctets: 8, name: 'rc2-cbc' }],
] as const satisfies readonly (readonly [string, DekCipher])[])

const labels: ReadonlyMap<string, { readonly algorithm: KeyAlgorithm; readonly format: KeyFormat }> = new Map([
  ['RSA PRIVATE KEY', { algorithm: 'rsa', format: 'pkcs1' }],
  ['EC PRIVATE KEY', { algorithm: 'ec', format: 'sec1' }],
  ['DSA PRIVATE KEY', { algorithm: 'dsa', format: 'dsa' }],
] as const)

/** True for a block that RFC 1421 headers mark as encrypted. */
export function isLegacyEncrypted(block: PemBlock): boolean {
  return /^4,\s*ENCRYPTED$/.test(block.headers.get('proc-type') ?? '')
}

/**
 * Reads a key with `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1 as OpenSSL uses it) and tries each passphrase.
 * @throws MusterError key.invalid when DEK-Info makes no sense
 */
export function parseLegacyEncryptedKey(block: PemBlock, unlocking: Unlocking): FoundKey {
  const match = /^([A-Z0-9-]{1,32}),([0-9A-Fa-f]{16,32})$/.exec(block.headers.get('dek-info') ?? '')
  if (match === null) throw new MusterError('key.invalid', 'the DEK-Info header of an encrypted key is missing or malformed')
  const [name, iv] = [match[1]!, Buffer.from(match[2]!, 'hex')]
  const cipher = dekCiphers.get(name)
  const protection: Protection = { encrypted: true, scheme: name.toLowerCase(), kdf: 'evp-bytes-to-key-md5:1' }
  const label = labels.get(block.label)
  const locked: FoundKey = { key: lockedKey(block.bytes, bareKeyFacts(label?.algorithm ?? 'unknown')), format: label?.format ?? 'pkcs8', protection, unlocked: false, problem: null }
  if (cipher === undefined || cipher.ivOctets !== iv.length) return locked
  for (const passphrase of unlocking.passphrases) {
    unlocking.budget.spend(10)
    const derived = evpBytesToKey(passphrase.reveal(), iv.subarray(0, 8), cipher.keyOctets)
    const plain = cipher.name === 'rc2-cbc' ? rc2CbcDecrypt(derived, 128, iv, block.bytes) : decryptCbc(cipher.name, derived, iv, block.bytes)
    const found = plain === null ? null : tryParse(plain, unlocking)
    plain?.fill(0)
    if (found !== null) return { ...found, protection }
  }
  return locked
}

function tryParse(plain: Buffer, unlocking: Unlocking): FoundKey | null {
  try {
    const found = parsePrivateKey(plain, { passphrases: [], budget: unlocking.budget })
    return found.unlocked ? found : null
  } catch (error) {
    if (error instanceof MusterError) return null
    throw error
  }
}
