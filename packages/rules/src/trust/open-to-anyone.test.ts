import { expect, it } from 'vitest'
import { context, repositoryConfiguration } from '../fixtures.ts'
import { openToAnyone } from './open-to-anyone.ts'

const github = { provider: ['aws'], target: ['deploy'], issuer: ['https://token.actions.githubusercontent.com'] }
const check = (settings: Record<string, string[]>) => openToAnyone.check(repositoryConfiguration('federated-trust', settings), context)

it('a shared issuer with no subject asked for is found, with what is asked and where', () => {
  expect(check(github)).toEqual({ severity: 'critical', evidence: 'whoever has an account at token.actions.githubusercontent.com comes in as AWS role deploy: the policy asks for nothing', places: ['iam.tf:12'] })
  expect(check({ ...github, 'is.aud': ['sts.amazonaws.com'] })?.evidence).toContain('asks for no more than aud is sts.amazonaws.com')
})

it('one subject of a repository is enough not to be', () => {
  expect(check({ ...github, 'like.sub': ['repo:org/shop:*'] })).toBeNull()
  expect(check({ ...github, 'like.sub': ['repo:org/*'] })).toBeNull()
})

it('in an example it weighs less', () => {
  expect(check({ ...github, 'path-class': ['documentation'] })?.severity).toBe('high')
})
