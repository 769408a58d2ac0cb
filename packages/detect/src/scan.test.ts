import { Secret, systemClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { stepsPerByteOn } from './engine/cost.ts'
import { keyedFingerprint, secretDigest } from './fingerprint.ts'
import { parseRegex } from './regex/parse.ts'
import { sampleRegex, seededRandom } from './regex/sample.ts'
import { defaultRules } from './rules/default.ts'
import { SecretScanner } from './scan.ts'

const scanner = new SecretScanner(defaultRules())
const random = seededRandom(77)
const drawn = (pattern: string) => sampleRegex(parseRegex(pattern).root, random)
const scan = (text: string, path = 'src/main.ts') => scanner.scan({ bytes: Buffer.from(text), path }, systemClock)

describe('a scan', () => {
  it('tells where the secret stands in bytes, and what the value says', () => {
    const id = `AKIA${drawn('[A-Z2-7]{16}')}`
    const text = `ünïcode\nkey = "${id}"\n`
    const [finding] = scan(text).findings.filter(({ ruleId }) => ruleId === 'aws-access-key-id')
    expect(finding).toMatchObject({ line: 2, column: 8, suppressedBy: null, facts: { type: 'long-term', account: expect.stringMatching(/^\d{12}$/) } })
    expect(Buffer.from(text).subarray(finding!.start, finding!.end).toString()).toBe(id)
    expect(JSON.stringify(finding)).not.toContain(id)
  })

  it('keeps what it suppresses, with filter and reason, and quotes nothing of it', () => {
    const [finding] = scan(`ghp_${drawn('[A-Za-z0-9]{36}')}`).findings
    expect(finding!.suppressedBy).toEqual({ filter: 'structure', reason: 'its checksum or structure is not that of a genuine one' })
    expect(scan('const accessToken = "applicationConfigurationService"').findings.map(({ suppressedBy }) => suppressedBy?.filter)).toEqual(['rarity'])
    expect(scan(`"token": "${drawn('[A-Za-z0-9]{30}')}"`, 'web/package-lock.json').findings.map(({ suppressedBy }) => suppressedBy?.filter)).toEqual(['path-class'])
  })

  it('finds nothing in what holds nothing, whatever its bytes', () => {
    expect(scan('')).toEqual({ findings: [], shortfall: null, watched: 0 })
    expect(scanner.scan({ bytes: Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => i * 31 % 256)), path: 'x.bin' }, systemClock).findings).toEqual([])
  })
})

/** V8 takes about a nanosecond for what counts as a step here, so that a megabyte within this bound takes half a second. */
const MAX_STEPS_PER_BYTE = 500

describe('hostile text', () => {
  it.each([
    'password=', 'token: "', 'key', 'eyJaaaaaaaaaaaa', 'eyJaaaaaaaaaaaa.', '-----BEGIN PRIVATE KEY-----\n', '-----BEGIN PGP PRIVATE KEY BLOCK-----', 'https://a:', 'postgres://', 'Q~', 'a', ' ', '\n', 'SK', 'sk-proj-', 'authorization: bearer ', 'aws_secret', 'hvs.',
  ])('%j again and again costs all rules together few steps per byte', (unit) => {
    const text = unit.repeat(Math.ceil(8_192 / unit.length))
    const steps = defaultRules().rules.filter(({ regex }) => regex !== null).map((rule) => stepsPerByteOn(rule, text))
    expect(steps.reduce((sum, each) => sum + each, 0)).toBeLessThan(MAX_STEPS_PER_BYTE)
  })

  it('full of candidates of one rule leaves room for the others, and ends at the most that one file may give', () => {
    const line = `token = "${drawn('[A-Za-z0-9]{24}')}" AKIA${drawn('[A-Z2-7]{16}')}\n`
    const { findings, shortfall } = scanner.scan({ bytes: Buffer.from(line.repeat(10_000)), path: 'a.txt' }, systemClock)
    expect(shortfall).toBe('matches')
    const of = (id: string) => findings.filter(({ ruleId }) => ruleId === id).length
    expect([of('generic-assigned-secret'), of('aws-access-key-id')]).toEqual([5_000, 5_000])
  })
})

describe('the fingerprint of a secret', () => {
  const key = new Secret(new Uint8Array(32).fill(7))
  const of = (text: string) => keyedFingerprint(key, secretDigest(Secret.fromText(text)))

  it('is the same however the value was written, and differs by value and by installation', () => {
    expect(of(' "abc123"\n')).toBe(of('abc123'))
    const body = drawn('[A-Za-z0-9+/]{64}')
    expect(of(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`)).toBe(of(String.raw`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`))
    expect(of('abc123')).not.toBe(of('abc124'))
    expect(of('abc123')).not.toBe(keyedFingerprint(new Secret(new Uint8Array(32)), secretDigest(Secret.fromText('abc123'))))
    expect(of('abc123')).toMatch(/^[0-9a-f]{64}$/)
  })
})
