import { expect, it } from 'vitest'
import { context, credentialSubject, imageLine, key } from '../fixtures.ts'
import { privateKeyInImage } from './private-key-in-image.ts'

const found = (...changes: object[]) => privateKeyInImage.check(credentialSubject(key(), changes.map((change) => imageLine({ part: 'private-key', path: 'etc/ssh/ssh_host_ed25519_key', ...change }))), context)

it('a key in an image is found, also where a layer hides it', () => {
  expect(found({})).toMatchObject({ severity: 'high', evidence: expect.stringContaining('readable: ') as string })
  expect(found({ hiddenBy: 'sha256:2' })?.evidence).toContain('deleted, yet still in a layer')
  expect(found({ hiddenBy: 'sha256:2' }, {})?.evidence).toContain('readable')
})

it('one among tests is low, and a public key is none', () => {
  expect(found({ pathClass: 'test' })?.severity).toBe('low')
  expect(found({ part: 'public-key' })).toBeNull()
})
