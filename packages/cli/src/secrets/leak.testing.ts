import { randomBytes } from 'node:crypto'
import { Secret } from '@muster/core'
import type { Leak } from './leak.ts'

/** Letters and digits nobody has seen before. */
export function randomText(length: number): string {
  return randomBytes(2 * length).toString('base64').replaceAll(/[^A-Za-z0-9]/g, '').slice(0, length).padEnd(length, 'x')
}

/** A leak of `value` with whatever else is given. */
export function leakOf(value: string, rest: Partial<Leak> = {}): Leak {
  return {
    ruleId: 'test-token', kind: 'test-token', description: 'A token', secret: Secret.fromText(value), match: Secret.fromText(`token = "${value}"`), file: 'src/a.ts',
    line: 3, column: 10, endLine: 3, endColumn: 9 + value.length, entropyBits: 4.123456789, context: 'token = "•••"', commit: null, fingerprint: 'f'.repeat(64), known: null, gone: false, layer: null, credential: null, verified: null, facts: {}, ...rest,
  }
}
