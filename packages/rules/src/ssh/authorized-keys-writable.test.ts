import { expect, it } from 'vitest'
import { at, authorizedKey, context, credentialSubject, key, place } from '../fixtures.ts'
import { authorizedKeysWritable } from './authorized-keys-writable.ts'

const withMode = (mode: number) => {
  const file = { mode, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 1, modifiedAt: at(0) }
  return authorizedKeysWritable.check(credentialSubject(key({ kind: 'ssh-key' }), [place(authorizedKey({ file }))]), context)
}

it('group or world write is found, read is not', () => {
  expect(withMode(0o664)).not.toBeNull()
  expect(withMode(0o602)).not.toBeNull()
  expect(withMode(0o644)).toBeNull()
})
