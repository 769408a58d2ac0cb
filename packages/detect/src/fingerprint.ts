import { createHash, createHmac } from 'node:crypto'
import type { Secret, SecretFingerprints } from '@muster/core'

const DIGEST_DOMAIN = 'muster secret v1\0'
const FINGERPRINT_DOMAIN = 'muster secret fingerprint v1\0'

/**
 * SHA-256 of the value without the quotes, blanks and line breaks it was written with; PEM and JSON-escaped PEM of one key agree. Lower-case
 * hex. Short values can be guessed from it, so it is kept nowhere: it is only what {@link keyedFingerprint} is made of.
 */
export function secretDigest(secret: Secret): string {
  return createHash('sha256').update(DIGEST_DOMAIN).update(normalised(Buffer.from(secret.reveal()).toString('latin1')), 'latin1').digest('hex')
}

/**
 * What makes two sightings of a value the same credential: HMAC-SHA-256 of its digest under the installation's key, lower-case hex. Nothing of
 * rule or place goes in.
 */
export function keyedFingerprint(installationKey: Secret, digest: string): string {
  return createHmac('sha256', installationKey.reveal()).update(FINGERPRINT_DOMAIN).update(digest, 'hex').digest('hex')
}

/** Stands in for {@link secretDigest} where a secret is known only by name, from the parts that name it. */
export function namedSecretDigest(...parts: readonly string[]): string {
  return createHash('sha256').update(`muster named secret v1\0${parts.join('\0')}`).digest('hex')
}

/** Fingerprints under a key that is at hand; under a random key they tell the values of one run apart and mean nothing afterwards. */
export function fingerprintsUnder(key: Secret): SecretFingerprints {
  return (digests) => Promise.resolve(digests.map((digest) => keyedFingerprint(key, digest)))
}

function normalised(value: string): string {
  const trimmed = value.replace(/^[\s"'`]+/, '').replace(/[\s"'`]+$/, '')
  if (!trimmed.startsWith('-----BEGIN ')) return trimmed
  return trimmed.replaceAll(/\\r|\\n|[\s"'`+,]/g, (mark) => mark === '+' ? '+' : '')
}
