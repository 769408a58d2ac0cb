import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { extractSecrets } from './extract.ts'
import type { ExtractedSecret } from './found.ts'

/** A found secret with its value laid open, for tests. */
export type Seen = Omit<ExtractedSecret, 'value'> & { readonly text: string; readonly raw: string }

/** Reads a file made in the test. Checks what holds for every file: ranges lie inside, lines fit, the order is that of the file. */
export function scan(path: string, content: string | Uint8Array): readonly Seen[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content)
  const { found, problems } = extractSecrets(bytes, { path })
  expect(problems).toEqual([])
  return found.map(({ value, ...rest }) => {
    expect(rest.start).toBeLessThanOrEqual(rest.end)
    expect(rest.end).toBeLessThanOrEqual(bytes.length)
    expect(rest.line).toBe(bytes.subarray(0, rest.start).toString('latin1').split('\n').length)
    return { ...rest, text: value.revealText(), raw: bytes.subarray(rest.start, rest.end).toString('utf8') }
  })
}

/** Only what is a literal secret: neither reference nor placeholder. */
export function secrets(path: string, content: string | Uint8Array): readonly Seen[] {
  return scan(path, content).filter((seen) => !seen.reference && !seen.placeholder)
}

/** Only references. */
export function references(path: string, content: string | Uint8Array): readonly Seen[] {
  return scan(path, content).filter((seen) => seen.reference)
}

/** A value nothing else in the file can equal: letters and digits, at least one of each. */
export function randomSecret(length = 24): string {
  return `k7${randomBytes(length).toString('hex')}`.slice(0, length)
}

/** An access key id of the given account in the shape AWS gives them since 2019. */
export function awsKeyId(account: string, prefix = ['AK', 'IA'].join('')): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = (BigInt(account) << 7n) << 2n
  let text = ''
  for (let i = 0; i < 10; i++) { text = alphabet[Number(bits & 31n)]! + text; bits >>= 5n }
  return `${prefix}${text}ABCDEF`
}
