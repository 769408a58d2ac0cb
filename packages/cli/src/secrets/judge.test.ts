import { Secret } from '@muster/core'
import { type FoundSecret, keyedFingerprint } from '@muster/detect'
import { describe, expect, it } from 'vitest'
import type { Placed } from './collect.ts'
import { judge, type JudgeSettings, Sieve, type SieveSettings } from './judge.ts'
import { randomText } from './leak.testing.ts'

const commit = { id: 'a'.repeat(40), author: 'Ann', email: 'ann@example.com', date: '2026-01-01T00:00:00Z', message: '' }
const key = new Secret(new Uint8Array(32))
const settings: JudgeSettings = {
  fingerprintOf: (digest) => keyedFingerprint(key, digest), known: { count: 0, look: () => null }, now: new Date('2026-06-01T00:00:00Z'),
}
const found = (value: string, rest: Partial<FoundSecret> = {}): FoundSecret => ({
  ruleId: 'r', kind: 'k', description: 'd', secret: Secret.fromText(value), path: 'f', line: 1, column: 1, endLine: 1, endColumn: value.length, match: Secret.fromText(value), entropyBits: 4, facts: {}, decoders: [], context: '',
  pathClass: 'other', suppressedBy: null, exceptedCommits: [], reference: null, layer: null, hiddenBy: null, ...rest,
})
const placed = (value: string, rest: Partial<FoundSecret> = {}, more: Partial<Placed> = {}): Placed => ({ found: found(value, rest), file: 'f', commit: null, gone: false, repository: null, credential: null, verified: null, ...more })
const sieve = (more: Partial<SieveSettings> = {}) => new Sieve({ ignoreAllowComments: false, maxDecodeDepth: null, maxArchiveDepth: null, ...more })
const lines = (all: readonly Placed[], more: Partial<SieveSettings> = {}) => {
  const through = sieve(more)
  return judge(all.filter((each) => through.lets(each.found)), settings).map(({ file, line }) => `${file}:${line}`)
}

describe('judging what was found', () => {
  it('tells a value once for a place and commit, by file and line', () => {
    const value = randomText(20)
    expect(lines([placed(value, { line: 9 }), placed(value, {}, { file: 'g' }), placed(value), placed(value), placed(value, {}, { commit })])).toEqual(['f:1', 'f:1', 'f:9', 'g:1'])
  })

  it('counts what filters objected to, and leaves references out', () => {
    const suppressedBy = { filter: 'entropy', reason: 'too plain' } as const
    const through = sieve()
    expect([found('a', { suppressedBy }), found('b', { suppressedBy }), found('c', { reference: { kind: 'vault', name: 'x' } }), found('d')].map((each) => through.lets(each))).toEqual([false, false, false, true])
    expect([...through.suppressed]).toEqual([['entropy', 2]])
  })

  it('takes comments that allow a value as none where that is wanted', () => {
    const all = [placed('a', { suppressedBy: { filter: 'allow-comment', reason: 'the line says that it may be here' } })]
    expect(lines(all)).toEqual([])
    expect(lines(all, { ignoreAllowComments: true })).toEqual(['f:1'])
  })

  it('leaves out what is deeper than wanted in encodings or archives', () => {
    const all = [placed('a'), placed('b', { line: 2, decoders: ['base64'] }), placed('c', { line: 3, decoders: ['zip', 'gzip'] }), placed('d', { line: 4, decoders: ['zip', 'base64'] })]
    expect(lines(all)).toEqual(['f:1', 'f:2', 'f:3', 'f:4'])
    expect(lines(all, { maxDecodeDepth: 0 })).toEqual(['f:1', 'f:3'])
    expect(lines(all, { maxArchiveDepth: 1 })).toEqual(['f:1', 'f:2', 'f:4'])
    expect(lines(all, { maxArchiveDepth: 0 })).toEqual(['f:1', 'f:2'])
  })

  it('tells rules about a path apart by the path: they have no value', () => {
    const all = [placed('', {}, { file: 'a' }), placed('', {}, { file: 'b' })]
    expect(new Set(judge(all, settings).map(({ fingerprint }) => fingerprint)).size).toBe(2)
  })

  it('leaves out what the rules except in a commit', () => {
    const exceptedCommits = [commit.id]
    expect(judge([placed('a', { exceptedCommits }, { commit }), placed('b', { exceptedCommits }), placed('c', { exceptedCommits: ['b'.repeat(40)] }, { commit })], settings)).toHaveLength(2)
  })

  it('counts a value as new again when what a baseline says of it has ended', () => {
    const ending = (until?: string) => judge([placed('a')], { ...settings, known: { count: 1, look: () => ({ state: 'accepted', reason: '', by: 'baseline', until }) } }).map(({ known }) => known?.state ?? 'unknown')
    expect([ending(), ending('2026-06-01T00:00:01.000Z'), ending('2026-06-01T00:00:00.000Z'), ending('2026-05-01T00:00:00.000Z')].flat()).toEqual(['accepted', 'accepted', 'unknown', 'unknown'])
  })
})
