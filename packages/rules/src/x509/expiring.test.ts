import { expect, it } from 'vitest'
import { at, certificate, context, credentialSubject, keyFile, place } from '../fixtures.ts'
import { expiring } from './expiring.ts'

const DAY = 86_400
const here = [place({ ...keyFile(), part: 'certificate' })]
const ending = (seconds: number) => certificate({ notBefore: at(seconds - 398 * DAY), notAfter: at(seconds) })

it('opens at exactly the window of the policy, not a second before', () => {
  expect(expiring.check(credentialSubject(ending(30 * DAY + 1), here), context)).toBeNull()
  expect(expiring.check(credentialSubject(ending(30 * DAY), here), context)).toMatchObject({ severity: 'medium' })
  expect(expiring.check(credentialSubject(ending(7 * DAY), here), context)).toMatchObject({ severity: 'high' })
})

it('a critical credential is due earlier', () => {
  const labels = { owner: null, criticality: 'critical', environment: null, purpose: null } as const
  expect(expiring.check(credentialSubject(ending(59 * DAY), here, { labels }), context)).toMatchObject({ severity: 'medium' })
})

it('a six-day certificate is due in its last third, not from birth', () => {
  const short = (left: number) => certificate({ notBefore: at(left - 6 * DAY), notAfter: at(left) })
  expect(expiring.check(credentialSubject(short(5 * DAY), here), context)).toBeNull()
  expect(expiring.check(credentialSubject(short(2 * DAY), here), context)).toMatchObject({ severity: 'medium' })
})

it('says nothing of what has expired or is nowhere', () => {
  expect(expiring.check(credentialSubject(ending(-1), here), context)).toBeNull()
  expect(expiring.check(credentialSubject(ending(DAY)), context)).toBeNull()
})
