import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, key, keyFile, place, repositoryLine } from '../fixtures.ts'
import { readableByOthers } from './readable-by-others.ts'

const withMode = (mode: number, groupName = 'staff') => {
  const location = keyFile({}, mode)
  return credentialSubject(key(), [place({ ...location, file: { ...location.file, groupName } })])
}

it.each([
  [0o600, null],
  [0o640, 'medium'],
  [0o644, 'high'],
  [0o604, 'high'],
])('mode %o gives %s', (mode, severity) => {
  expect(readableByOthers.check(withMode(mode), context)?.severity ?? null).toBe(severity)
})

it('the group that exists for keys may read them', () => {
  expect(readableByOthers.check(withMode(0o640, 'ssl-cert'), context)).toBeNull()
})

it('an encrypted key or a certificate may be read', () => {
  const encrypted = keyFile({ protection: { encrypted: true, scheme: 'pbes2-aes256-cbc', kdf: 'scrypt' } }, 0o644)
  expect(readableByOthers.check(credentialSubject(key(), [place(encrypted)]), context)).toBeNull()
  expect(readableByOthers.check(credentialSubject(key(), [place(keyFile({ part: 'public-key' }, 0o644))]), context)).toBeNull()
})

it('a key written into a text that others may read is found; in a repository there are no modes', () => {
  expect(readableByOthers.check(credentialSubject(key(), [fileLine({ part: 'private-key' }, 0o644)]), context)?.severity).toBe('high')
  expect(readableByOthers.check(credentialSubject(key(), [repositoryLine({ part: 'private-key' })]), context)).toBeNull()
})
