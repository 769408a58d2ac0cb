import { expect, it } from 'vitest'
import { context, credentialSubject, key, keyFile, place } from '../fixtures.ts'
import { inWebRoot } from './in-web-root.ts'

it('a private key in a document root is critical, a public one is nothing', () => {
  const path = '/var/www/html/server.key'
  expect(inWebRoot.check(credentialSubject(key(), [place(keyFile({ path, inWebRoot: true }))]), context)?.places).toEqual([path])
  expect(inWebRoot.check(credentialSubject(key(), [place(keyFile({ path, inWebRoot: true, part: 'public-key' }))]), context)).toBeNull()
  expect(inWebRoot.check(credentialSubject(key(), [place(keyFile())]), context)).toBeNull()
})
