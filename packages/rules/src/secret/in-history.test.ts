import { expect, it } from 'vitest'
import { context, credentialSubject, repositoryLine, secret } from '../fixtures.ts'
import { inHistory } from './in-history.ts'

const commit = (day: string) => ({ id: 'a'.repeat(40), authorName: 'Ann', authorEmail: 'ann@example.com', committedAt: `${day}T00:00:00.000Z` })
const past = (path: string, day: string) => repositoryLine({ presence: 'history', path, commit: commit(day) })

it('a secret in commits alone is found, dated by the first of them, one level below one in files', () => {
  expect(inHistory.check(credentialSubject(secret(), [past('a', '2025-03-04'), past('b', '2024-01-02')]), context))
    .toMatchObject({ severity: 'medium', evidence: 'only in commits, since 2024-01-02: git.example.com/shop:a, git.example.com/shop:b' })
})

it('one that a file still shows is not, nor one in no repository', () => {
  expect(inHistory.check(credentialSubject(secret(), [past('a', '2025-03-04'), repositoryLine()]), context)).toBeNull()
  expect(inHistory.check(credentialSubject(secret()), context)).toBeNull()
})
