import { expect, it } from 'vitest'
import { context, repositoryConfiguration } from '../fixtures.ts'
import { proposedChanges } from './proposed-changes.ts'

const check = (settings: Record<string, string[]>) => proposedChanges.check(repositoryConfiguration('workflow', settings), context)

it('a token for others on pull_request_target is found, worse where the proposed code is checked out', () => {
  expect(check({ trigger: ['push', 'pull_request_target'] })).toMatchObject({ severity: 'high', places: ['iam.tf:12'] })
  expect(check({ trigger: ['pull_request_target'], checkout: ['head'] })?.severity).toBe('critical')
})

it('on other events it is not', () => {
  expect(check({ trigger: ['pull_request', 'push'] })).toBeNull()
  expect(check({})).toBeNull()
})
