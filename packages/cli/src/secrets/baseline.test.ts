import { createHash } from 'node:crypto'
import { Secret, secretStates } from '@muster/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBaseline } from './baseline.ts'
import { ignoreFile } from './ignore-file.ts'
import { leakOf, randomText } from './leak.testing.ts'
import { baselineFingerprint, formatOwnBaseline, parseOwnBaseline } from './own-baseline.ts'

const salt = 'ab'.repeat(32)
const commit = { id: 'c'.repeat(40), author: 'Ann', email: 'ann@example.com', date: '2026-01-01T00:00:00Z', message: 'add' }
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')

describe('our own baseline', () => {
  const entry = fc.record({ fingerprint: fc.stringMatching(/^[0-9a-f]{64}$/), rule: fc.string({ maxLength: 50 }), state: fc.constantFrom(...secretStates), reason: fc.string({ maxLength: 100 }), until: fc.constantFrom(undefined, '2027-01-31T23:59:59.000Z') })

  it('comes back as it was written, in one text whatever the order of its entries', () => {
    fc.assert(fc.property(fc.uniqueArray(entry, { selector: ({ fingerprint }) => fingerprint }), (entries) => {
      const text = formatOwnBaseline({ salt, entries: new Map(entries.map((one) => [one.fingerprint, one])) })
      const read = parseOwnBaseline(text, 'b')
      expect([...read.entries.values()].toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))).toEqual(entries.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)))
      expect(formatOwnBaseline({ salt, entries: new Map(entries.toReversed().map((one) => [one.fingerprint, one])) })).toBe(text)
    }))
  })

  it('knows a value wherever it stands, and holds neither the value nor a place', () => {
    const value = randomText(30)
    const fingerprint = baselineFingerprint(salt, Secret.fromText(value))
    const text = formatOwnBaseline({ salt, entries: new Map([[fingerprint, { fingerprint, rule: 'test-token', state: 'false-positive', reason: 'an example' }]]) })
    const { known } = parseBaseline(text, 'b')
    expect(known.look(leakOf(value, { file: 'elsewhere', line: 99 }))).toEqual({ state: 'false-positive', reason: 'an example', by: 'baseline' })
    expect(known.look(leakOf(randomText(30)))).toBeNull()
    expect(text).not.toContain(value)
    expect(text).not.toMatch(/elsewhere|"line"|src\/a/)
  })

  it('merged line by line keeps the more alarming of two states', () => {
    const head = '{"muster":"secrets baseline","version":1,"salt":"' + salt + '"}\n'
    const line = (state: string) => `{"fingerprint":"${'a'.repeat(64)}","rule":"r","state":"${state}","reason":""}\n`
    for (const [a, b, kept] of [['new', 'false-positive', 'false-positive'], ['confirmed', 'false-positive', 'confirmed'], ['rotated', 'accepted', 'accepted']] as const) {
      for (const text of [head + line(a) + line(b), head + line(b) + head + line(a)]) expect(parseOwnBaseline(text, 'b').entries.get('a'.repeat(64))!.state).toBe(kept)
    }
  })

  it.each([
    ['{"muster":"secrets baseline","version":2}', /line 1/],
    [`{"muster":"secrets baseline","version":1,"salt":"${salt}"}\nnonsense`, /line 2: it is no entry/],
    [`{"muster":"secrets baseline","version":1,"salt":"${salt}"}\n{"muster":"secrets baseline","version":1,"salt":"${'cd'.repeat(32)}"}`, /different salts/],
    ['[]x', /is no baseline/], ['{}', /is no baseline/], ['', /is no baseline/],
  ])('%j is refused with the line, quoting nothing', (text, why) => {
    expect(() => parseBaseline(text, 'b')).toThrow(why)
  })
})

it('of two acceptances the one that ends first holds', () => {
  const head = `{"muster":"secrets baseline","version":1,"salt":"${salt}"}\n`
  const line = (until?: string) => `${JSON.stringify({ fingerprint: 'a'.repeat(64), rule: 'r', state: 'accepted', reason: '', until })}\n`
  const [early, late] = ['2027-01-31T23:59:59.000Z', '2027-02-28T23:59:59.000Z']
  for (const lines of [[early, late], [late, early], [undefined, early], [early, undefined]]) expect(parseOwnBaseline(head + lines.map(line).join(''), 'b').entries.get('a'.repeat(64))!.until).toBe(early)
})

describe('a report of gitleaks as a baseline', () => {
  const entry = (Secret: string, rest: object = {}) => ({ RuleID: 'any', File: './src/a.ts', StartLine: 2, EndLine: 3, Secret, Commit: '', ...rest })
  const known = (...entries: object[]) => parseBaseline(JSON.stringify(entries), 'report.json').known

  it('with values knows the value anywhere', () => {
    const value = randomText(24)
    expect(known(entry(value)).look(leakOf(value, { file: 'b', line: 77, endLine: 77 }))).toMatchObject({ state: 'new', by: 'baseline' })
    expect(known(entry(value)).look(leakOf(randomText(24)))).toBeNull()
  })

  it('redacted knows what stands at the lines, in the commit where both name one', () => {
    for (const redacted of ['REDACTED', 'ghp_...']) {
      expect(known(entry(redacted)).look(leakOf('x1'))).not.toBeNull()
      expect(known(entry(redacted)).look(leakOf('x1', { line: 4, endLine: 4 }))).toBeNull()
      expect(known(entry(redacted)).look(leakOf('x1', { file: 'src/b.ts' }))).toBeNull()
      expect(known(entry(redacted, { Commit: commit.id })).look(leakOf('x1', { commit }))).not.toBeNull()
      expect(known(entry(redacted, { Commit: 'd'.repeat(40) })).look(leakOf('x1', { commit }))).toBeNull()
    }
  })
})

describe('a baseline of detect-secrets', () => {
  const known = (results: object) => parseBaseline(JSON.stringify({ version: '1.5.0', plugins_used: [], results }), '.secrets.baseline').known
  const entry = (hashed: string, rest: object = {}) => ({ type: 'Secret Keyword', filename: 'src/a.ts', hashed_secret: sha1(hashed), is_verified: false, line_number: 3, ...rest })

  it('knows values by their SHA-1, and what an audit said of them', () => {
    const [a, b, c] = [randomText(20), randomText(20), randomText(20)]
    const { look, count } = known({ 'x.ts': [entry(a), entry(b, { is_secret: false }), entry(c, { is_secret: true })] })
    expect([a, b, c, randomText(20)].map((value) => look(leakOf(value))?.state)).toEqual(['new', 'false-positive', 'confirmed', undefined])
    expect(count).toBe(3)
  })

  it('knows private keys by their file, and tokens hashed by their prefix at their line alone', () => {
    const { look } = known({ 'src/a.ts': [entry('ghp', { type: 'GitHub Token' }), entry('BEGIN PRIVATE KEY', { type: 'Private Key' })] })
    const token = `ghp_${randomText(36)}`
    expect(look(leakOf(token))).not.toBeNull()
    expect(look(leakOf(token, { line: 4 }))).toBeNull()
    expect(look(leakOf('-----BEGIN', { kind: 'private-key', line: 8 }))).not.toBeNull()
    expect(look(leakOf('-----BEGIN', { kind: 'private-key', file: 'src/b.ts' }))).toBeNull()
  })
})

describe('.gitleaksignore', () => {
  const text = `# comment\n\nsrc/a.ts:test-token:3\n${commit.id}:src/b.ts:test-token:3\nwin\\dir\\c.ts:other-tools-rule:3\nnonsense\n`
  const { look, count, strange } = ignoreFile(text, new Set(['test-token', 'another']))

  it('excepts a rule at a line, for any commit or for one', () => {
    expect(look(leakOf('x'))).toMatchObject({ by: 'ignore-file' })
    expect(look(leakOf('x', { commit }))).not.toBeNull()
    expect(look(leakOf('x', { line: 4 }))).toBeNull()
    expect(look(leakOf('x', { ruleId: 'another' }))).toBeNull()
    expect(look(leakOf('x', { file: 'src/b.ts', commit }))).not.toBeNull()
    expect(look(leakOf('x', { file: 'src/b.ts' }))).toBeNull()
  })

  it('with a rule nobody here knows holds for what is found there; lines of no form are told', () => {
    expect(look(leakOf('x', { file: 'win/dir/c.ts' }))).not.toBeNull()
    expect([count, strange]).toEqual([3, [6]])
  })
})
