import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { caAsLeaf } from './ca-as-leaf.ts'

it('a CA at the head of the chain is found; openssl’s self-signed default is milder', () => {
  expect(caAsLeaf.check(tlsEndpoint([[certificate({ isCa: true })]]), context)).toMatchObject({ severity: 'high' })
  expect(caAsLeaf.check(tlsEndpoint([[certificate({ isCa: true, selfIssued: true })]]), context)).toMatchObject({ severity: 'low' })
  expect(caAsLeaf.check(tlsEndpoint([[certificate(), certificate({ isCa: true })]]), context)).toBeNull()
})
