import { expect, it } from 'vitest'
import type { Crl } from '@muster/core'
import { at, context, credentialSubject } from '../fixtures.ts'
import { crlStale } from './crl-stale.ts'

const crl = (nextUpdate: string | null): Crl => ({
  kind: 'crl', fingerprint: 'd'.repeat(64), spkiSha256: null, issuer: 'CN=CA', thisUpdate: at(-86_400), nextUpdate, crlNumber: '1', entryCount: 0,
  isDelta: false, authorityKeyId: null, signatureAlgorithm: 'ecdsa-with-SHA256', signatureHash: 'sha256',
})

it('is stale after nextUpdate, not at it', () => {
  expect(crlStale.check(credentialSubject(crl(at(1))), context)).toBeNull()
  expect(crlStale.check(credentialSubject(crl(at(0))), context)).toBeNull()
  expect(crlStale.check(credentialSubject(crl(at(-1))), context)).not.toBeNull()
  expect(crlStale.check(credentialSubject(crl(null)), context)).toBeNull()
})
