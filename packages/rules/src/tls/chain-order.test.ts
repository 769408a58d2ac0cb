import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { chainOrder } from './chain-order.ts'

const leaf = certificate()
const intermediate = certificate({ subject: 'CN=Example CA', issuer: 'CN=Root', subjectKeyId: '02', authorityKeyId: '03', isCa: true })
const root = certificate({ subject: 'CN=Root', issuer: 'CN=Root', subjectKeyId: '03', authorityKeyId: null, isCa: true, selfIssued: true })

it('each certificate must certify the one before it', () => {
  expect(chainOrder.check(tlsEndpoint([[leaf, intermediate, root]]), context)).toBeNull()
  expect(chainOrder.check(tlsEndpoint([[leaf, root, intermediate]]), context)?.evidence).toContain('certificate 2 (CN=Root) did not issue certificate 1')
})

it('a namesake with another key is a stranger', () => {
  expect(chainOrder.check(tlsEndpoint([[leaf, { ...intermediate, subjectKeyId: '99' }]]), context)).not.toBeNull()
})
