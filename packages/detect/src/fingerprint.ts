import { createHmac } from 'node:crypto'
import type { Secret } from '@muster/core'

const DOMAIN = 'muster secret v1\0'

/**
 * What makes two sightings of a value the same credential: HMAC-SHA-256 under the installation's key over the value without the quotes, blanks
 * and line breaks it was written with; PEM and JSON-escaped PEM of one key agree. Lower-case hex. Nothing of rule or place goes in.
 */
export function secretFingerprint(installationKey: Secret, secret: Secret): string {
  return createHmac('sha256', installationKey.reveal()).update(DOMAIN).update(normalised(Buffer.from(secret.reveal()).toString('latin1')), 'latin1').digest('hex')
}

function normalised(value: string): string {
  const trimmed = value.replace(/^[\s"'`]+/, '').replace(/[\s"'`]+$/, '')
  if (!trimmed.startsWith('-----BEGIN ')) return trimmed
  return trimmed.replaceAll(/\\r|\\n|[\s"'`+,]/g, (mark) => mark === '+' ? '+' : '')
}
