import type { ConfigurationRow } from '@muster/core/api'
import { expect, it } from 'vitest'
import { asked, issuerName, letsIn, placeOfConfiguration } from './words.ts'

const row: ConfigurationRow = {
  id: '0', machineId: '0', machineName: 'git.example.com/shop', machineKind: 'source', path: 'iam.tf', entry: 'aws_iam_role.ci', format: 'federated-trust', worstSeverity: null, findingCount: 0, firstSeen: '', lastSeen: '', goneAt: null,
  settings: { provider: ['aws'], target: ['deploy'], issuer: ['https://token.example.com'], 'like.sub': ['repo:org/*'], 'is.aud': ['sts'], line: ['7'] },
}

it('a trust says who comes in where, and what is asked', () => {
  expect(letsIn(row)).toEqual({ from: 'token.example.com', into: 'AWS deploy' })
  expect(asked(row)).toEqual([{ claim: 'sub', how: 'like', values: ['repo:org/*'] }, { claim: 'aud', how: 'is', values: ['sts'] }])
  expect(placeOfConfiguration(row)).toBe('iam.tf:7')
})

it('issuers that many use go by their names, with whatever path; others by their host', () => {
  expect(['token.actions.githubusercontent.com', 'token.actions.githubusercontent.com/acme', 'oidc.eks.eu-west-1.amazonaws.com/id/X'].map(issuerName)).toEqual(['GitHub Actions', 'GitHub Actions', 'oidc.eks.eu-west-1.amazonaws.com/id/X'])
})

it('other configurations let nobody in', () => {
  expect(letsIn({ ...row, format: 'workflow' })).toBeNull()
  expect(placeOfConfiguration({ ...row, settings: {} })).toBe('iam.tf')
})
