import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { weakCiphers } from './weak-ciphers.ts'

const offering = (name: string) => weakCiphers.check(tlsEndpoint([], { cipherSuites: [{ version: 'TLSv1.2', name }] }), context)

it.each(['TLS_RSA_WITH_RC4_128_SHA', 'TLS_RSA_WITH_NULL_SHA256', 'TLS_DH_anon_WITH_AES_128_CBC_SHA', 'TLS_RSA_EXPORT_WITH_DES40_CBC_SHA', 'TLS_RSA_WITH_DES_CBC_SHA'])('%s is broken', (name) => {
  expect(offering(name)).toMatchObject({ severity: 'high' })
})

it('3DES is outdated, AES is fine', () => {
  expect(offering('TLS_RSA_WITH_3DES_EDE_CBC_SHA')).toEqual({ evidence: 'accepts TLS_RSA_WITH_3DES_EDE_CBC_SHA' })
  expect(offering('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')).toBeNull()
})
