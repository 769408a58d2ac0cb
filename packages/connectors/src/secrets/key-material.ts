import type { Credential, CredentialPart, Secret } from '@muster/core'
import { recognise } from '@muster/pki'

export type KeyInText = { readonly credential: Credential; readonly part: CredentialPart }

const MAX_KEY_BYTES = 256 * 1024

/**
 * The private keys a found value is, so that a key in a repository is the key it is elsewhere; empty for other values. Line breaks may be written as
 * `\n`, and lines may be indented, quoted or joined by `+`, as program texts have them.
 */
export function keysIn(secret: Secret): readonly KeyInText[] {
  const bytes = Buffer.from(secret.reveal())
  if (bytes.length > MAX_KEY_BYTES || !(bytes.includes('-----BEGIN ') || bytes.includes('PuTTY-User-Key-File-'))) return []
  const plain = privateKeys(bytes)
  return plain.length > 0 ? plain : privateKeys(unfolded(bytes))
}

function privateKeys(bytes: Buffer): readonly KeyInText[] {
  return recognise(bytes, { passphrases: [] }).findings.filter(({ part }) => part === 'private-key').map(({ credential, part }) => ({ credential, part }))
}

function unfolded(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').replaceAll(/\\r?\\n|\\n|\\r/g, '\n').split('\n')
  return Buffer.from(`${lines.map((line) => line.replace(/^[\s"'`+,]+/, '').replace(/[\s"'`+,;\\]+$/, '')).join('\n')}\n`, 'latin1')
}
