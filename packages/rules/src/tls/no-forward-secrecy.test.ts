import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { noForwardSecrecy } from './no-forward-secrecy.ts'

const rsa = { version: 'TLSv1.2', name: 'TLS_RSA_WITH_AES_128_GCM_SHA256' } as const
const ecdhe = { version: 'TLSv1.2', name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' } as const

it('some without is low, all without is medium', () => {
  expect(noForwardSecrecy.check(tlsEndpoint([], { cipherSuites: [rsa, ecdhe] }), context)).toMatchObject({ severity: 'low' })
  expect(noForwardSecrecy.check(tlsEndpoint([], { cipherSuites: [rsa] }), context)).toMatchObject({ severity: 'medium' })
  expect(noForwardSecrecy.check(tlsEndpoint([], { cipherSuites: [ecdhe] }), context)).toBeNull()
  expect(noForwardSecrecy.check(tlsEndpoint([]), context)).toBeNull()
})
