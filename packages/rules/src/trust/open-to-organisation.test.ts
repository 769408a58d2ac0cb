import { expect, it } from 'vitest'
import { context, repositoryConfiguration } from '../fixtures.ts'
import { openToOrganisation } from './open-to-organisation.ts'

const github = { provider: ['aws'], target: ['${local.name}'], issuer: ['https://token.actions.githubusercontent.com'] }
const check = (settings: Record<string, string[]>) => openToOrganisation.check(repositoryConfiguration('federated-trust', settings), context)

it('any repository of an organisation is found, one repository is not, and anybody is another rule’s', () => {
  expect(check({ ...github, 'like.sub': ['repo:org/*'] })).toEqual({ severity: 'medium', evidence: 'everything of an organisation at token.actions.githubusercontent.com comes in as an AWS role: the policy asks for no more than sub like repo:org/*', places: ['iam.tf:12'] })
  expect(check({ ...github, 'like.sub': ['repo:org/shop:*'] })).toBeNull()
  expect(check({ ...github, 'like.sub': ['*'] })).toBeNull()
})

it('an issuer of one’s own that is asked for nothing is worse', () => {
  expect(check({ provider: ['vault'], 'is.aud': ['vault'] })?.severity).toBe('high')
})
