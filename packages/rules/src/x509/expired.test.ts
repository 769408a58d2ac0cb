import { expect, it } from 'vitest'
import { at, certificate, context, credentialSubject, place, served } from '../fixtures.ts'
import { expired } from './expired.ts'

const ending = (seconds: number) => certificate({ notAfter: at(seconds) })

it('a certificate is valid up to and in its notAfter second, and expired after it (RFC 5280 §4.1.2.5)', () => {
  expect(expired.check(credentialSubject(ending(1)), context)).toBeNull()
  expect(expired.check(credentialSubject(ending(0)), context)).toBeNull()
  expect(expired.check(credentialSubject(ending(-1)), context)).toMatchObject({ severity: 'high', evidence: 'expired less than a day ago' })
})

it('an expired certificate that is still served is critical and names where', () => {
  const found = expired.check(credentialSubject(ending(-3 * 86_400), [place(served())]), context)
  expect(found).toMatchObject({ severity: 'critical', evidence: 'expired 3 days ago and is still served at www.example.org:443' })
})
