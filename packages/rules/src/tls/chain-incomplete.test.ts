import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { chainIncomplete } from './chain-incomplete.ts'

it('a lone public leaf is incomplete', () => {
  expect(chainIncomplete.check(tlsEndpoint([[certificate({ sctCount: 2 })]]), context)?.evidence).toContain('its issuer CN=Example CA is missing')
})

it('with an intermediate, self-signed, or directly below a private root it is not', () => {
  const intermediate = certificate({ isCa: true, subject: 'CN=Example CA', issuer: 'CN=Root' })
  expect(chainIncomplete.check(tlsEndpoint([[certificate({ sctCount: 2 }), intermediate]]), context)).toBeNull()
  expect(chainIncomplete.check(tlsEndpoint([[certificate({ selfIssued: true, sctCount: 2 })]]), context)).toBeNull()
  expect(chainIncomplete.check(tlsEndpoint([[certificate()]]), context)).toBeNull()
})
