import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { drawExample, seededRandom } from '@muster/detect'

/** A token of a form (`«[a-z]{8}»`, `«!checksum ghp_»`), new on every call. */
export function drawnToken(template: string): string {
  return drawExample(template, seededRandom(randomBytes(4).readUInt32LE()))
}

/** An OpenSSH public key line of a new key, with the SHA-256 of its SPKI. */
export function drawnSshKey(): { readonly line: string; readonly spkiSha256: string } {
  const { publicKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const field = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  const wire = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(spki.subarray(-32))])
  return { line: `ssh-ed25519 ${wire.toString('base64')}`, spkiSha256: createHash('sha256').update(spki).digest('hex') }
}
