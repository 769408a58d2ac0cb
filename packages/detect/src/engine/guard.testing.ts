import { perlClasses } from '../regex/byte-set.ts'
import { type Guard, POSITIONS } from './guard.ts'

const word = perlClasses['w']!

/** False when the guarded pattern does not match at `start`: what the kernel does, byte by byte. */
export function mayMatch({ positions, beginsWord }: Guard, buffer: Uint8Array, start: number): boolean {
  if (start < 0 || (beginsWord && start > 0 && word[buffer[start - 1]!] === 1)) return false
  const end = Math.min(POSITIONS, buffer.length - start)
  for (let i = 0; i < end; i++) if (((positions[buffer[start + i]!]! >> i) & 1) === 0) return false
  return true
}
