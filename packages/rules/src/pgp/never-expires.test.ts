import { expect, it } from 'vitest'
import { context, credentialSubject, keyFile, place } from '../fixtures.ts'
import { pgpKey } from './key.fixture.ts'
import { pgpNeverExpires } from './never-expires.ts'

it("asks this of one's own secret keys only", () => {
  const endless = pgpKey({ notAfter: null })
  expect(pgpNeverExpires.check(credentialSubject(endless, [place(keyFile())]), context)).not.toBeNull()
  expect(pgpNeverExpires.check(credentialSubject(endless, [place(keyFile({ part: 'public-key' }))]), context)).toBeNull()
  expect(pgpNeverExpires.check(credentialSubject(pgpKey(), [place(keyFile())]), context)).toBeNull()
})
