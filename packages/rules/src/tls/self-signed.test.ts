import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { selfSignedServed } from './self-signed.ts'

it('a self-issued leaf is found, a self-issued root behind it is not', () => {
  const root = certificate({ selfIssued: true, isCa: true })
  expect(selfSignedServed.check(tlsEndpoint([[certificate({ selfIssued: true })]]), context)).not.toBeNull()
  expect(selfSignedServed.check(tlsEndpoint([[certificate(), root]]), context)).toBeNull()
})
