import { describe, expect, it } from 'vitest'
import { credentialSubject, fileLine, repositoryLine, secret } from './fixtures.ts'
import { isPipelineFile, liveSecret, severityAt, staticCloudOf } from './secret-facts.ts'

const live = { verified: 'live' }
const test = repositoryLine({ path: 'test/a.env', pathClass: 'test' })

describe('how bad a secret in a place is', () => {
  it.each([
    ['a cloud’s key', secret({ secretType: 'aws-secret-access-key' }), [repositoryLine()], 0, 'critical'],
    ['a database password', secret(), [repositoryLine()], 0, 'high'],
    ['a password hash', secret({ secretType: 'password-hash' }), [repositoryLine()], 0, 'medium'],
    ['a name without a value', secret({ secretType: 'aws-secret-access-key', valueKnown: false }), [repositoryLine()], 0, 'medium'],
    ['what only looks secret', secret({ secretType: 'generic-assigned-secret' }), [repositoryLine()], 0, 'medium'],
    ['one in a test', secret(), [test], 0, 'medium'],
    ['one in a test and in the program', secret(), [test, repositoryLine()], 0, 'high'],
    ['one that is hard to get at', secret(), [repositoryLine()], 1, 'medium'],
    ['one that is easy to get at', secret(), [fileLine()], -1, 'critical'],
    ['a live one in a test', secret({ facts: live }), [test], 0, 'critical'],
    ['a live one that is hard to get at', secret({ facts: live }), [test], 2, 'high'],
    ['a dead one', secret({ facts: { verified: 'dead' } }), [repositoryLine()], 0, 'low'],
    ['a dead hash in a test', secret({ secretType: 'password-hash', facts: { verified: 'dead' } }), [test], 3, 'info'],
  ] as const)('%s', (_, credential, places, lowerBy, severity) => {
    expect(severityAt(credential, places, lowerBy)).toBe(severity)
  })
})

it.each([['new', true], ['confirmed', true], ['rotated', false], ['revoked', false]] as const)('a secret that is %s is judged: %s', (secretState, judged) => {
  expect(liveSecret(credentialSubject(secret(), [], { secretState })) !== null).toBe(judged)
})

it.each([
  [{ secretType: 'aws-secret-access-key' }, 'AWS'], [{ secretType: 'aws-secret-access-key', facts: { keyKind: 'temporary' } }, null], [{ secretType: 'aws-session-token' }, null],
  [{ secretType: 'gcp-service-account-key' }, 'Google Cloud'], [{ secretType: 'azure-client-secret' }, 'Azure'], [{ secretType: 'ci-secret', facts: { provider: 'aws' } }, 'AWS'],
  [{ secretType: 'ci-secret', facts: { provider: 'toString' } }, null], [{ secretType: 'database-password' }, null],
])('%j is a static key of %s', (change, cloud) => {
  expect(staticCloudOf(secret(change))).toBe(cloud)
})

it.each([
  ['.github/workflows/deploy.yml', true], ['/srv/repo/.github/workflows/a.yml', true], ['.gitlab-ci.yml', true], ['ci/.gitlab-ci-deploy.yaml', true], ['Jenkinsfile', true], ['.circleci/config.yml', true],
  ['docs/github/workflows.md', false], ['config/database.yml', false], ['my.gitlab-ci.yml', false],
])('%s configures a pipeline: %s', (path, pipeline) => {
  expect(isPipelineFile(path)).toBe(pipeline)
})
