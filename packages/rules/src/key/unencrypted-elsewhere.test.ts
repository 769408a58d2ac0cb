import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, key, keyFile, place } from '../fixtures.ts'
import { unencryptedElsewhere } from './unencrypted-elsewhere.ts'

const found = (change: Parameters<typeof keyFile>[0]) => unencryptedElsewhere.check(credentialSubject(key(), [place(keyFile(change))]), context)

it('a plain key in a home directory is found', () => {
  expect(found({ path: '/home/a/web.key', inServiceDirectory: false })?.evidence).toBe('plain text at /home/a/web.key')
})

it('a key in its service directory, or an encrypted one, is not', () => {
  expect(found({})).toBeNull()
  expect(found({ inServiceDirectory: false, protection: { encrypted: true, scheme: 'aes256-ctr', kdf: 'bcrypt' } })).toBeNull()
})

it('a key written into a script is found', () => {
  expect(unencryptedElsewhere.check(credentialSubject(key(), [fileLine({ part: 'private-key', path: '/srv/deploy.sh' })]), context)?.evidence).toBe('plain text at /srv/deploy.sh')
})
