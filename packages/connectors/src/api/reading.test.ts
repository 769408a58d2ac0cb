import fc from 'fast-check'
import { secretCredentialSchema, Secret, systemClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { testFingerprints } from './conformance.testing.ts'
import { drawnToken } from './drawn.testing.ts'
import { nextLink } from './listing.ts'
import { rateLimitWaitMs } from './rate-limit.ts'
import { clean, instantOf, Sightings } from './sightings.ts'
import { ValueInspector } from './values.ts'

const from = new URL('https://api.example/v1/things?page=1')

describe('a Link header', () => {
  it('leads to the next page of the same origin, whatever else it names', () => {
    expect(nextLink('<https://api.example/v1/things?page=2>; rel="next", <https://api.example/v1/things?page=9>; rel="last"', from)).toEqual(new URL('https://api.example/v1/things?page=2'))
    expect(nextLink('<?page=9>; rel=last, </v1/things?page=2>; title="a, b; c"; rel=next', from)).toEqual(new URL('https://api.example/v1/things?page=2'))
    expect(nextLink('<?a>; rel="prev next"', from)).toEqual(new URL('https://api.example/v1/things?a'))
    expect(nextLink('<?a>; rel="nextish"', from)).toBeNull()
    expect(nextLink(undefined, from)).toBeNull()
    expect(nextLink('<https://api.example:8443/v1>; rel="next"', from)).toBe('elsewhere')
    expect(nextLink('<http://api.example/v1>; rel="next"', from)).toBe('elsewhere')
  })

  it('can be any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('<', '>', ';', ',', ' ', 'rel', '=', '"', 'next', '?a', '//b')).map((parts) => parts.join(''))), (text) => {
      const next = nextLink(text, from)
      expect(next === null || next === 'elsewhere' || next.origin === from.origin).toBe(true)
    }))
    expect(nextLink('<a>;rel'.repeat(100_000), from)).toBeNull()
  })
})

describe('an answer that asks to wait', () => {
  const now = new Date('2026-11-27T10:00:00Z')

  it('says for how long in seconds, as a date, or by a reset', () => {
    expect(rateLimitWaitMs({ status: 429, headers: { 'retry-after': '5' } }, now)).toBe(5000)
    expect(rateLimitWaitMs({ status: 503, headers: { 'retry-after': 'Fri, 27 Nov 2026 10:00:30 GMT' } }, now)).toBe(30_000)
    expect(rateLimitWaitMs({ status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795773660' } }, now)).toBe(60_000)
    expect(rateLimitWaitMs({ status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '1795773660' } }, now)).toBe(60_000)
    expect(rateLimitWaitMs({ status: 429, headers: {} }, now)).toBe(60_000)
    expect(rateLimitWaitMs({ status: 403, headers: { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': '1795773660' } }, now)).toBeNull()
    expect(rateLimitWaitMs({ status: 503, headers: {} }, now)).toBeNull()
    expect(rateLimitWaitMs({ status: 200, headers: { 'retry-after': '5' } }, now)).toBeNull()
  })

  it('never asks for less than nothing or more than a day', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())), fc.oneof(fc.string(), fc.integer().map(String)), (after, reset) => {
      const wait = rateLimitWaitMs({ status: 429, headers: { 'retry-after': after, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } }, now)
      expect(wait !== null && wait >= 0 && wait <= 86_400_000).toBe(true)
    }))
  })
})

describe('what is said of a thing', () => {
  it('is kept without control characters and half characters', () => {
    expect(clean('a\u0000b\u001b[31m\u009bc', 100)).toBe('a b [31m c')
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(clean(text, 8).isWellFormed()).toBe(true)
      expect(clean(text, 8).length).toBeLessThanOrEqual(8)
    }))
  })

  it('is an instant only where it is one', () => {
    expect(instantOf('2027-01-31')).toBe('2027-01-31T00:00:00.000Z')
    expect(instantOf('2027-11-16T08:47:09.000-07:00')).toBe('2027-11-16T15:47:09.000Z')
    expect(instantOf('2021-01-20T22:11:48.151Z')).toBe('2021-01-20T22:11:48.151Z')
    for (const odd of ['', 'soon', '2027-13-01', '2027-02-30T00:00:00', '27-01-01', null, undefined]) expect(instantOf(odd)).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => { expect(() => instantOf(text)).not.toThrow() }))
  })
})

describe('a value', () => {
  const values = new ValueInspector(systemClock)
  const location = { kind: 'ci-variable', part: 'value', system: 'x', scope: 'y', name: 'z', environment: null, protected: null, masked: true } as const

  it('is told by its form, by what is in it, or not at all', () => {
    const kinds = (text: string, otherwise: string | null = null) => values.inspect({ bytes: Buffer.from(text), path: 'X', otherwise }).map((found) => (found.kind === 'secret' ? found.secretType : found.credential.kind))
    expect(kinds(drawnToken('«!checksum ghp_»'))).toEqual(['github-personal-access-token'])
    expect(kinds('eu-central-1')).toEqual([])
    expect(kinds('eu-central-1', 'password')).toEqual(['password'])
    expect(kinds('', 'password')).toEqual([])
    expect(kinds('\n', 'password')).toEqual([])
    expect(kinds('a'.repeat(2_000_000), 'password')).toEqual([])
  })

  it('is told by its name and its neighbours: a secret key knows its key id', () => {
    const keyId = drawnToken('AKIA«[A-Z2-7]{16}»')
    const secretKey = drawnToken('«[A-Za-z0-9/+]{40}»')
    const named = values.byName([{ name: 'AWS_ACCESS_KEY_ID', text: keyId }, { name: 'AWS_SECRET_ACCESS_KEY', text: secretKey }, { name: 'REGION', text: 'eu-central-1' }, { name: 'a b', text: secretKey }, { name: 'MULTI', text: 'a\nTOKEN=b' }])
    expect(named.get('AWS_SECRET_ACCESS_KEY')).toMatchObject({ secretType: 'aws-secret-access-key', facts: { keyId } })
    expect([...named.keys()].filter((name) => !name.startsWith('AWS_'))).toEqual([])
    expect(values.inspect({ bytes: Buffer.from(secretKey), path: 'X', otherwise: 'secret-key', named: named.get('AWS_SECRET_ACCESS_KEY') })).toEqual([named.get('AWS_SECRET_ACCESS_KEY')])
    expect(values.byName([]).size).toBe(0)
  })

  it('can be any bytes, and what comes of it fits the inventory', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 20 }), fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null))), async (bytes, path, facts) => {
      const sightings = new Sightings({ fingerprints: testFingerprints })
      for (const found of values.inspect({ bytes, path, otherwise: 'secret' })) sightings.value('m', location, found, facts)
      for (const each of await sightings.settle()) expect(each.observation === 'sighting' && each.of === 'credential' && (each.credential.kind !== 'secret' || secretCredentialSchema.safeParse(each.credential).success)).toBe(true)
    }), { numRuns: 200 })
  })

  it('is found again by a verification, which may not overrule what is known of the place', async () => {
    const sightings = new Sightings({ fingerprints: testFingerprints, verifiedFacts: () => Promise.resolve({ verified: 'dead', verifiedBy: 'x', name: 'other', login: 'a' }) })
    sightings.value('m', location, { kind: 'secret', secret: Secret.fromText('v'), secretType: 't', facts: { host: 'h' } }, { name: 'z', host: undefined, verified: 'live' })
    expect(await sightings.settle()).toMatchObject([{ credential: { facts: { verified: 'dead', verifiedBy: 'x', name: 'z', login: 'a', host: 'h' } } }])
  })
})
