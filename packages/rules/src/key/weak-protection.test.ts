import { expect, it } from 'vitest'
import { context, credentialSubject, key, keyFile, place } from '../fixtures.ts'
import { weakProtection } from './weak-protection.ts'

const protectedBy = (scheme: string, kdf: string | null = null) =>
  weakProtection.check(credentialSubject(key(), [place(keyFile({ protection: { encrypted: true, scheme, kdf } }))]), context)

it.each(['pbeWithSHA1And40BitRC2-CBC', 'des-cbc', 'pbeWithSHAAnd3-KeyTripleDES-CBC', 'jks'])('%s is found', (scheme) => {
  expect(protectedBy(scheme)).not.toBeNull()
})

it('a derivation by MD5 is found under a good cipher', () => {
  expect(protectedBy('aes-256-cbc', 'md5')).not.toBeNull()
})

it.each(['pbes2-aes256-cbc', 'aes256-ctr', 'aes-256-cbc'])('%s is not', (scheme) => {
  expect(protectedBy(scheme, 'pbkdf2-hmac-sha256')).toBeNull()
})
