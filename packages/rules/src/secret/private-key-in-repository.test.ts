import { expect, it } from 'vitest'
import { context, credentialSubject, key, keyFile, place, repositoryLine } from '../fixtures.ts'
import { privateKeyInRepository } from './private-key-in-repository.ts'

const line = (change = {}) => repositoryLine({ part: 'private-key', path: 'tls/web.key', ...change })
const found = (places: Parameters<typeof credentialSubject>[1], change = {}) => privateKeyInRepository.check(credentialSubject(key(), places, change), context)

it('a key is high, one among tests low, and one that something trusts critical wherever it lies', () => {
  expect(found([line()])?.severity).toBe('high')
  expect(found([line({ pathClass: 'test' })])?.severity).toBe('low')
  const certificate = { id: 'x', kind: 'certificate', name: 'www.example.org', owner: null } as const
  expect(found([line({ pathClass: 'test' })], { sameKey: [certificate] })).toMatchObject({ severity: 'critical', evidence: 'at git.example.com/shop:tls/web.key; its certificates: www.example.org' })
  expect(found([line(), place(keyFile())])?.severity).toBe('critical')
})

it('a public half in a repository, or a key elsewhere, is not', () => {
  expect(found([line({ part: 'public-key' })])).toBeNull()
  expect(found([place(keyFile())])).toBeNull()
})
