import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { weakPasswordHash } from './weak-password-hash.ts'

const found = (facts: Record<string, string>) => weakPasswordHash.check(credentialSubject(secret({ secretType: 'password-hash', facts }), [fileLine({ path: '/etc/shadow' })]), context)

it.each([
  ['des-crypt', 'high'], ['md5-crypt', 'medium'], ['apache-md5', 'medium'], ['sha1-unsalted', 'high'], ['plaintext', 'high'],
  ['sha512-crypt', null], ['sha256-crypt', null], ['bcrypt', null], ['yescrypt', null], ['argon2', null],
])('%s gives %s', (hashKind, severity) => {
  expect(found({ hashKind })?.severity ?? null).toBe(severity)
})

it('names the account; a locked one nobody can sign in to is not found', () => {
  expect(found({ hashKind: 'md5-crypt', user: 'ann' })?.evidence).toBe('md5-crypt of ann at web-1:/etc/shadow')
  expect(found({ hashKind: 'md5-crypt', locked: 'true' })).toBeNull()
})
