import { createHash } from 'node:crypto'
import { type Clock, isMusterError, type Secret } from '@muster/core'
import { recognise } from '@muster/pki'
import type { FoundCredential, Outcome } from './verifier.ts'

/** What Muster knows of a token it issued itself. */
export type OwnToken = { readonly state: 'live' | 'dead'; readonly facts: Readonly<Record<string, string>> }

/** A certificate in the inventory. */
export type KnownCertificate = { readonly fingerprint: string; readonly subject: string; readonly notAfter: string }

/** What can be asked of the installation itself. Both are looked up by digests; no value travels. */
export type OwnPorts = {
  /** By the lower-case hex SHA-256 of the whole token, as the accounts store keeps it; null for a token that was never issued here. */
  readonly ownTokens?: (digest: string) => Promise<OwnToken | null>
  /** Certificates for a key, of this scan or of the inventory, by SHA-256 of its SubjectPublicKeyInfo. */
  readonly certificatesOf?: (spkiSha256: string) => Promise<readonly KnownCertificate[]>
}

const MAX_KEY_BYTES = 65_536

/**
 * What Muster can tell of a credential without asking anybody: its own tokens, what carries an expiry that is past, and whether a private key
 * belongs to a certificate it knows. Null when none of these says anything.
 */
export async function checkOwn(found: FoundCredential, ports: OwnPorts, clock: Clock): Promise<Outcome | null> {
  const bytes = found.secret.reveal()
  if (mayBeOwn(found.secret)) {
    const own = await ports.ownTokens?.(createHash('sha256').update(bytes).digest('hex')) ?? null
    return own === null ? null : { state: own.state, facts: own.facts, reason: own.state === 'dead' ? 'revoked or expired' : 'a token of this installation' }
  }
  const notAfter = Date.parse(found.facts['notAfter'] ?? '')
  if (!Number.isNaN(notAfter) && notAfter < clock.now().getTime()) return { state: 'dead', reason: `expired on ${new Date(notAfter).toISOString()}` }
  return found.kind.includes('private-key') ? await certifiedKey(bytes, ports, clock) : null
}

/** True for what looks like a token of this kind of installation. */
export function mayBeOwn(secret: Secret): boolean {
  const bytes = secret.reveal()
  return bytes.length < 256 && Buffer.from(bytes).toString('latin1').startsWith('mst_')
}

async function certifiedKey(bytes: Uint8Array, { certificatesOf }: OwnPorts, clock: Clock): Promise<Outcome | null> {
  if (certificatesOf === undefined || bytes.length > MAX_KEY_BYTES) return null
  const spkiSha256 = spkiOfKey(bytes)
  if (spkiSha256 === null) return null
  const known = [...await certificatesOf(spkiSha256)].sort((a, b) => b.notAfter.localeCompare(a.notAfter))
  const newest = known[0]
  if (newest === undefined) return null
  const facts = { certificate: newest.fingerprint, certificateSubject: newest.subject, certificateNotAfter: newest.notAfter }
  if (Date.parse(newest.notAfter) >= clock.now().getTime()) return { state: 'live', facts, reason: 'the key of a certificate that is valid' }
  // The key may be certified again, so an expired certificate does not make it harmless.
  return { state: 'unknown', facts, reason: 'the key of a certificate that has expired' }
}

function spkiOfKey(bytes: Uint8Array): string | null {
  try {
    const { findings } = recognise(bytes, { passphrases: [] })
    return findings.find(({ part }) => part === 'private-key')?.credential.spkiSha256 ?? null
  } catch (error) {
    if (isMusterError(error)) return null
    throw error
  }
}
