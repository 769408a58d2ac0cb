import { createHash } from 'node:crypto'
import { parseRegex } from '../regex/parse.ts'
import { type Random, sampleRegex } from '../regex/sample.ts'
import { crc16, crc32Base62 } from '../filters/structure.ts'

/**
 * An example of a rule made from its template: what stands between « and » is a pattern to draw from, or a named construction (`!checksum ghp_`,
 * `!jwt`). No example is written down in full, so that no scanner stumbles over this repository.
 */
export function drawExample(template: string, random: Random): string {
  return template.replaceAll(/«([^»]*)»/g, (_, pattern: string) => {
    if (pattern.startsWith('!checksum ')) {
      const drawn = sampleRegex(parseRegex('[A-Za-z0-9]{30}').root, random)
      return pattern.slice('!checksum '.length) + drawn + crc32Base62(drawn)
    }
    if (pattern === '!jwt') {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'https://issuer.internal', sub: `svc-${Math.floor(random() * 1e6)}`, exp: 1_900_000_000 })}.${sampleRegex(parseRegex(String.raw`[A-Za-z0-9]{43}`).root, random)}`
    }
    if (pattern === '!basic') return Buffer.from(`svc:${sampleRegex(parseRegex('[A-Za-z0-9]{14}').root, random)}`).toString('base64')
    if (pattern === '!discord') return `${Buffer.from(`1${sampleRegex(parseRegex('[0-9]{17}').root, random)}`).toString('base64url')}.${sampleRegex(parseRegex('G[A-Za-z0-9]{5}').root, random)}.${sampleRegex(parseRegex('[A-Za-z0-9]{38}').root, random)}`
    if (pattern === '!wif') return wif(bytes(random, 32))
    if (pattern === '!stellar') return stellar(bytes(random, 32))
    return sampleRegex(parseRegex(pattern).root, random)
  })
}

const bytes = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))

function inBase(data: Uint8Array, digits: string): string {
  let value = BigInt(`0x${Buffer.from(data).toString('hex')}`)
  let text = ''
  for (const base = BigInt(digits.length); value > 0n; value /= base) text = digits[Number(value % base)]! + text
  return text
}

function wif(key: Buffer): string {
  const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest()
  const body = Buffer.concat([Buffer.from([0x80]), key])
  return inBase(Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]), '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
}

function stellar(seed: Buffer): string {
  const body = Buffer.concat([Buffer.from([0x90]), seed])
  const sum = Buffer.alloc(2)
  sum.writeUInt16LE(crc16(body))
  return inBase(Buffer.concat([body, sum]), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
}
