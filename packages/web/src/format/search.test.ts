import { credentialFilterSchema, credentialListQuerySchema } from '@muster/core/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completeSearch, parseSearch, rawSearch, searchOf } from './search.ts'

describe('filters in the URL', () => {
  it('reads lists, booleans and numbers from plain text', () => {
    expect(parseSearch(credentialFilterSchema, rawSearch('?kind=certificate,ssh-key&unowned=true&maxKeySizeBits=1024'))).toEqual({
      kind: ['certificate', 'ssh-key'],
      unowned: true,
      maxKeySizeBits: 1024,
    })
  })

  it('drops a value that does not fit and keeps the rest', () => {
    expect(parseSearch(credentialFilterSchema, { kind: 'certificate,cheese', q: 'web' })).toEqual({ q: 'web' })
    expect(parseSearch(credentialFilterSchema, { nonsense: '1', presence: 'maybe' })).toEqual({})
  })

  it('leaves defaults and paging out, so that one filter has one URL', () => {
    expect(parseSearch(credentialListQuerySchema, { sort: 'notAfter', order: 'desc', presence: 'present', trustStore: 'false', cursor: 'x', limit: '5' })).toEqual({
      order: 'desc',
    })
  })

  it('takes its own typed values back, as a navigation hands them over', () => {
    const typed = { kind: ['crl' as const], trustStore: true, q: 'a,b&c=d' }
    expect(parseSearch(credentialFilterSchema, typed)).toEqual(typed)
  })

  it('fills the defaults in for the request', () => {
    expect(completeSearch(credentialListQuerySchema, { q: 'x' })).toEqual({ q: 'x', presence: 'present', trustStore: false, sort: 'notAfter', order: 'asc' })
  })

  it('comes back the same after a round through the URL', () => {
    const filter = fc.record(
      {
        q: fc.string({ minLength: 1, maxLength: 200 }),
        owner: fc.string({ minLength: 1, maxLength: 40 }),
        kind: fc.uniqueArray(fc.constantFrom('certificate', 'ssh-key', 'crl'), { minLength: 1 }),
        unowned: fc.boolean(),
        trustStore: fc.constant(true),
        maxKeySizeBits: fc.integer({ min: 0, max: 16384 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(filter, (value) => {
        expect(parseSearch(credentialFilterSchema, rawSearch(searchOf(value)))).toEqual(value)
      }),
    )
  })
})
