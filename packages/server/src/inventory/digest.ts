import { hash } from 'node:crypto'

/** The first 128 bits of SHA-256 of `parts`, in UUID form: a short key for texts too long for an index. */
export function shortDigest(...parts: readonly string[]): string {
  const hex = hash('sha256', parts.join('\0'))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
