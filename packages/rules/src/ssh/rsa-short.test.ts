import { expect, it } from 'vitest'
import { context, credentialSubject, key, rsa } from '../fixtures.ts'
import { sshRsaShort } from './rsa-short.ts'

const found = (bits: number) => sshRsaShort.check(credentialSubject(key({ kind: 'ssh-key', key: rsa(bits) })), context)

it('3071 bits are short, 3072 are not, and under 2048 another rule speaks', () => {
  expect(found(3071)).not.toBeNull()
  expect(found(3072)).toBeNull()
  expect(found(2047)).toBeNull()
})
