import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { parseRegex } from '../regex/parse.ts'
import { shannonBits } from './entropy.ts'
import { pathClassOf } from './path-class.ts'
import { placeholderReason, readsLikeProperty } from './placeholder.ts'
import { surpriseBits } from './rarity.ts'
import { crc32Base62, structureChecks } from './structure.ts'

describe('the entropy of a value', () => {
  it('is 0 for one character, 1 for two in equal parts, and 8 for every byte once', () => {
    expect(shannonBits('')).toBe(0)
    expect(shannonBits('aaaa')).toBe(0)
    expect(shannonBits('abab')).toBe(1)
    expect(shannonBits(Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join(''))).toBe(8)
  })

  it('never exceeds the logarithm of the length', () => {
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 200 }), (text) => {
      expect(shannonBits(text)).toBeLessThanOrEqual(Math.log2(text.length) + 1e-9)
    }))
  })
})

describe('rarity', () => {
  it('tells names from what was drawn at random', () => {
    const names = ['accessTokenProvider', 'applicationConfigurationService', 'my-secret-name', 'TokenEndpointAuthMethod', 'kubernetes_service_account', 'defaultCredentialsProvider']
    for (const name of names) expect(surpriseBits(name), name).toBeLessThan(4.3)
    const random = seededRandom(3)
    const drawn = Array.from({ length: 300 }, () => surpriseBits(sampleRegex(parseRegex('[A-Za-z]{32}').root, random)))
    expect(drawn.filter((bits) => bits < 4.3).length).toBeLessThan(6)
  })
})

describe('placeholders', () => {
  it.each(['changeme123', 'YOUR_API_KEY', '${DB_PASSWORD}', '{{ .Values.password }}', '<your-token>', 'xxxxxxxxxxxx', '********', '1234567890', 'process.env.TOKEN', '%(password)s', 'AKIAIOSFODNN7' + 'EXAMPLE'])('%s is one', (value) => {
    expect(placeholderReason(value)).not.toBeNull()
  })

  it('are told from properties of a program, which have dots and no digits', () => {
    expect(['session.csrfToken!', 'proxy?.password', 'a.b.c'].map(readsLikeProperty)).toEqual([true, true, true])
    expect(['session', 'a1.b2', 'abc.', 'https://a.b'].map(readsLikeProperty)).toEqual([false, false, false, false])
  })

  it('are hardly ever what was drawn at random', () => {
    const random = seededRandom(5)
    const taken = Array.from({ length: 5_000 }, () => sampleRegex(parseRegex('[A-Za-z0-9]{32}').root, random)).filter((value) => placeholderReason(value) !== null)
    expect(taken.length).toBeLessThan(10)
  })
})

describe('the class of a path', () => {
  it.each([
    ['web/package-lock.json', 'lock'], ['go.sum', 'lock'], ['dist/app.min.js', 'minified'], ['node_modules/x/index.js', 'vendored'], ['src/a.test.ts', 'test'], ['docs/setup.md', 'documentation'], ['src/config.ts', 'other'], ['src/vendors.ts', 'other'],
  ] as const)('%s is %s', (path, expected) => {
    expect(pathClassOf(path)).toBe(expected)
  })
})

describe('structure', () => {
  const tokenOf = (random: () => number) => {
    const drawn = sampleRegex(parseRegex('[A-Za-z0-9]{30}').root, random)
    return `ghp_${drawn}${crc32Base62(drawn)}`
  }

  it('holds for a GitHub token with its checksum and for none with one character changed', () => {
    const check = structureChecks['github-token']!
    const token = tokenOf(seededRandom(1))
    expect(check(token)).toEqual({ tokenType: 'personal access token' })
    for (let at = 4; at < token.length; at++) expect(check(token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1)), String(at)).toBeNull()
  })

  it('agrees with a published token whose checksum is known', () => {
    expect(crc32Base62('zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ')).toBe('0mLq17')
  })

  it('reads the account from an AWS key id', () => {
    expect(structureChecks['aws-key-id']!('ASIA' + 'QNZGKIQY56JQ7WML')).toEqual({ type: 'temporary', account: '029608264753' })
  })

  it('is none for a JWT whose header is not JSON, and for a URL whose password is a word', () => {
    expect(structureChecks.jwt!('eyJhbGci.eyJ.x')).toBeNull()
    expect(structureChecks['credential-url']!('postgres://app:password@db/x')).toBeNull()
    expect(structureChecks['credential-url']!('postgres://app:t0pl9sQ2@db:5432/x')).toEqual({ scheme: 'postgres', user: 'app', host: 'db', port: '5432', database: 'x' })
  })
})
