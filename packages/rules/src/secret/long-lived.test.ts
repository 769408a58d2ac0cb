import { expect, it } from 'vitest'
import { at, context, credentialSubject, fileLine, repositoryLine, secret } from '../fixtures.ts'
import { secretLongLived } from './long-lived.ts'

const YEAR = 365 * 86_400
const seen = (seconds: number, change = {}) => secretLongLived.check(credentialSubject(secret(change), [fileLine()], { firstSeen: new Date(at(-seconds)) }), context)

it('a year to the second is not too long, one more is', () => {
  expect(seen(YEAR)).toBeNull()
  expect(seen(YEAR + 1)).toMatchObject({ severity: 'medium', evidence: 'first seen 2025-06-01, 365 days ago; the policy allows 365' })
})

it('the earliest date told counts: the format’s, or the commit’s', () => {
  expect(seen(0, { facts: { createdAt: '2020-01-01T00:00:00Z' } })?.evidence).toContain('made 2020-01-01')
  const commit = { id: 'a'.repeat(40), authorName: 'Ann', authorEmail: 'a@example.com', committedAt: '2021-02-03T00:00:00.000Z' }
  expect(secretLongLived.check(credentialSubject(secret(), [repositoryLine({ commit })]), context)?.evidence).toContain('committed 2021-02-03')
  expect(seen(0, { facts: { createdAt: 'yesterday' } })).toBeNull()
})

it('the policy says how old', () => {
  const policy = { ...context.policy, secretMaxAgeDays: 30 }
  expect(secretLongLived.check(credentialSubject(secret(), [fileLine()], { firstSeen: new Date(at(-31 * 86_400)) }), { ...context, policy })).not.toBeNull()
})

it('what ends by itself, a name without a value, and a password’s hash are not long-lived secrets', () => {
  for (const change of [{ notAfter: at(1) }, { valueKnown: false }, { secretType: 'password-hash' }]) expect(seen(2 * YEAR, change)).toBeNull()
})
