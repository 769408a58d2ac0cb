import type { Credential, CredentialPart, Secret } from '@muster/core'
import { secretDigest } from '@muster/detect/inspect'

export type KeyInText = { readonly credential: Credential; readonly part: CredentialPart }

const MAX_KEY_BYTES = 256 * 1024

/** Keys on which passphrases are tried by one reader: opening one may be made to take long. */
const MAX_OPENED = 100

/**
 * Reads the private keys a found value is, so that a key in a repository is the key it is elsewhere; none for other values. Line breaks may be written as
 * `\n`, and lines may be indented, quoted or joined by `+`, as program texts have them. Encrypted ones are opened with the passphrases; the same one once.
 */
export function keyReader(passphrases: readonly Secret[]): (secret: Secret) => Promise<readonly KeyInText[]> {
  const known = new Map<string, readonly KeyInText[]>()
  return async (secret) => {
    const bytes = Buffer.from(secret.reveal())
    if (bytes.length > MAX_KEY_BYTES || !(bytes.includes('-----BEGIN ') || bytes.includes('PuTTY-User-Key-File-'))) return []
    const digest = secretDigest(secret)
    const keys = known.get(digest) ?? await keysIn(bytes, known.size < MAX_OPENED ? passphrases : [])
    if (passphrases.length > 0) known.set(digest, keys)
    return keys
  }
}

async function keysIn(bytes: Buffer, passphrases: readonly Secret[]): Promise<readonly KeyInText[]> {
  // Most scans meet no key.
  const { recognise } = await import('@muster/pki')
  const privateKeys = (text: Buffer): readonly KeyInText[] => recognise(text, { passphrases }).findings.filter(({ part }) => part === 'private-key').map(({ credential, part }) => ({ credential, part }))
  const plain = privateKeys(bytes)
  return plain.length > 0 ? plain : privateKeys(unfolded(bytes))
}

function unfolded(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').replaceAll(/\\r?\\n|\\n|\\r/g, '\n').split('\n')
  return Buffer.from(`${lines.map((line) => line.replace(/^[\s"'`+,]+/, '').replace(/[\s"'`+,;\\]+$/, '')).join('\n')}\n`, 'latin1')
}
