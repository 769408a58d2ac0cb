import { hash } from 'node:crypto'
import type { KeyFacts } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits } from '../der/limits.ts'
import { readSpki } from './spki.ts'

/** What a SubjectPublicKeyInfo says: the facts and its SHA-256 in lower-case hex. @throws MusterError der.invalid, der.limit */
export function spkiOf(publicKeyDer: Uint8Array): { readonly key: KeyFacts; readonly spkiSha256: string } {
  const cursor = new DerCursor(publicKeyDer, derLimits.keyBytes)
  const key = readSpki(cursor, cursor.bytes.length)
  cursor.leave(cursor.bytes.length)
  return { key, spkiSha256: hash('sha256', cursor.bytes, 'hex') }
}
