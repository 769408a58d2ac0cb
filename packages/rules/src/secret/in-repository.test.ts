import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, repositoryLine, secret } from '../fixtures.ts'
import { inRepository } from './in-repository.ts'

const found = (presences: readonly ('head' | 'branch' | 'history')[]) =>
  inRepository.check(credentialSubject(secret(), presences.map((presence, i) => repositoryLine({ presence, path: `${i}.env` }))), context)

it.each([[['head'], true], [['branch'], true], [['history'], false], [['history', 'head'], true], [[], false]] as const)('in %j: %s', (presences, is) => {
  expect(found(presences) !== null).toBe(is)
})

it('names what files show and leaves history out', () => {
  expect(found(['history', 'head'])).toMatchObject({ severity: 'high', evidence: 'in the files of one repository: git.example.com/shop:1.env', places: ['git.example.com/shop:1.env'] })
})

it('a machine’s file is no repository, and a rotated secret is none of its business', () => {
  expect(inRepository.check(credentialSubject(secret(), [fileLine()]), context)).toBeNull()
  expect(inRepository.check(credentialSubject(secret(), [repositoryLine()], { secretState: 'rotated' }), context)).toBeNull()
})
