import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { longLived } from './long-lived.ts'

const lasting = (seconds: number, isCa = false) =>
  credentialSubject(certificate({ notBefore: '2026-01-01T00:00:00.000Z', notAfter: new Date(Date.parse('2026-01-01T00:00:00Z') + (seconds - 1) * 1000).toISOString(), isCa }))

it('825 days are fine, a second more is not', () => {
  expect(longLived.check(lasting(825 * 86_400 - 1), context)).toBeNull()
  expect(longLived.check(lasting(825 * 86_400), context)).toBeNull()
  expect(longLived.check(lasting(825 * 86_400 + 1), context)?.evidence).toBe('valid for 826 days, more than 825')
})

it('a CA may live long', () => {
  expect(longLived.check(lasting(3650 * 86_400, true), context)).toBeNull()
})
