import { describe, expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { validityOverLimit } from './validity-over-limit.ts'

const DAY = 86_400_000
const issued = (notBefore: string, milliseconds: number, sctCount = 2) =>
  credentialSubject(certificate({ notBefore, notAfter: new Date(Date.parse(notBefore) + milliseconds).toISOString(), sctCount }))

describe.each([
  ['2026-03-14T23:59:59.000Z', 398],
  ['2026-03-15T00:00:00.000Z', 200],
  ['2027-03-15T00:00:00.000Z', 100],
  ['2029-03-15T00:00:00.000Z', 47],
])('issued %s the limit is %d days (SC-081v3)', (notBefore, days) => {
  it('holds to the last second of the limit and not one longer', () => {
    expect(validityOverLimit.check(issued(notBefore, days * DAY - 2000), context)).toBeNull()
    expect(validityOverLimit.check(issued(notBefore, days * DAY - 1000), context)).toBeNull()
    expect(validityOverLimit.check(issued(notBefore, days * DAY), context)?.evidence).toContain(`valid for ${days + 1} days`)
  })
})

it('a certificate of a private CA is not bound', () => {
  expect(validityOverLimit.check(issued('2026-04-01T00:00:00.000Z', 3650 * DAY, 0), context)).toBeNull()
})
