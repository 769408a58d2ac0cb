import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { MusterError, Secret } from '@muster/core'

/** Keeps secrets unreadable in the store; `context` binds a sealed text to its place. */
export type Sealer = {
  /** Seals `secret` for `context`, e.g. `alert-channel:<id>:password`; never the same text twice. */
  seal(secret: Secret, context: string): string
  /**
   * The secret again.
   *
   * @throws MusterError internal when the text was not sealed by this installation for this context, or was changed.
   */
  open(sealed: string, context: string): Secret
}

const VERSION = 'muster1'
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * A key of 32 bytes for one `purpose`, derived from the installation's by HKDF-SHA256 (RFC 5869), so that no two uses
 * share a key.
 */
export function deriveKey(installationKey: Secret, purpose: string): Secret {
  return new Secret(new Uint8Array(hkdfSync('sha256', installationKey.reveal(), new Uint8Array(), `muster ${purpose}`, 32)))
}

/**
 * AES-256-GCM under a key of its own for each message (HKDF over a random salt), so the limit on random nonces under one
 * key (NIST SP 800-38D §8.3) is never near. The text is `muster1.` and base64url of salt, nonce, ciphertext and tag; version
 * and context are authenticated.
 */
export function createSealer(installationKey: Secret): Sealer {
  const root = deriveKey(installationKey, 'seal')
  return {
    seal: (secret, context) => {
      const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)]
      const cipher = createCipheriv('aes-256-gcm', messageKey(root, salt), nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(additionalData(context))
      const sealed = Buffer.concat([salt, nonce, cipher.update(secret.reveal()), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${sealed.toString('base64url')}`
    },
    open: (sealed, context) => {
      const [version, text, ...rest] = sealed.split('.')
      const bytes = Buffer.from(text ?? '', 'base64url')
      if (version !== VERSION || rest.length > 0 || bytes.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES) throw broken()
      const [salt, nonce] = [bytes.subarray(0, SALT_BYTES), bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES)]
      const decipher = createDecipheriv('aes-256-gcm', messageKey(root, salt), nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(additionalData(context))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return new Secret(Buffer.concat([decipher.update(bytes.subarray(SALT_BYTES + NONCE_BYTES, -TAG_BYTES)), decipher.final()]))
      } catch {
        throw broken()
      }
    },
  }
}

function messageKey(root: Secret, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', root.reveal(), salt, 'muster seal message', 32))
}

/** Length-prefixed, so that no version and context can be read as another pair. */
function additionalData(context: string): Buffer {
  return Buffer.concat([VERSION, context].map((part) => {
    const bytes = Buffer.from(part)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }))
}

function broken(): MusterError {
  return new MusterError('internal', 'a sealed value cannot be opened with this installation’s key')
}
