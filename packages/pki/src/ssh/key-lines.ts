import { fromBase64 } from './base64.ts'
import { MAX_PUBLIC_KEY_BYTES } from './public-key.ts'

/** A blank in the line formats of SSH: space or tab. */
export function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** `text` from `from` on, without leading blanks. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text[at])) at++
  return at
}

/** Where the word that begins at `from` ends. */
export function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !isBlank(text[at])) at++
  return at
}

/** The key part of a `.pub`, `authorized_keys` or `known_hosts` line. */
export type KeyText = {
  /** Key type as the line names it. */
  readonly type: string
  readonly wire: Uint8Array
  /** What follows the key, trimmed; null when nothing does. */
  readonly comment: string | null
}

const KEY_TYPE = /^(ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]{1,80}$/

/**
 * Reads `type base64 [comment]` from `from` on. Null when the first word is no SSH key type, the second is not base64, or
 * the type inside the key is another than the line says.
 */
export function readKeyText(line: string, from: number): KeyText | null {
  const typeEnd = endOfWord(line, from)
  const type = line.slice(from, typeEnd)
  if (!KEY_TYPE.test(type)) return null
  const keyStart = skipBlanks(line, typeEnd)
  const keyEnd = endOfWord(line, keyStart)
  const wire = fromBase64(line.slice(keyStart, keyEnd), MAX_PUBLIC_KEY_BYTES)
  if (wire === null || !startsWithType(wire, type)) return null
  const comment = line.slice(keyEnd).trim()
  return { type, wire, comment: comment === '' ? null : comment }
}

function startsWithType(wire: Uint8Array, type: string): boolean {
  const length = type.length
  if (wire.length < 4 + length || wire[0] !== 0 || wire[1] !== 0 || wire[2] !== 0 || wire[3] !== length) return false
  return Buffer.from(wire.buffer, wire.byteOffset + 4, length).toString('latin1') === type
}
