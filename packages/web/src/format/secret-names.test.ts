import { describe, expect, it } from 'vitest'
import { factName, objectTitle, secretAccount, secretTitle, secretTypeName, sourceKind, wrapping } from './secret-names.ts'

describe('names of secrets', () => {
  it.each([
    ['aws-secret-access-key', 'AWS secret access key'], ['github-personal-access-token', 'GitHub personal access token'], ['npm-token', 'npm token'],
    ['json-web-token', 'JSON web token'], ['database-password', 'Database password'], ['google-oauth-client-secret', 'Google OAuth client secret'], ['', ''],
  ])('a type %j reads %j', (type, name) => {
    expect(secretTypeName(type)).toBe(name)
  })

  it.each([['accountId', 'Account ID'], ['arn', 'ARN'], ['keyKind', 'Key kind'], ['scheme', 'Scheme'], ['last_used-at', 'Last used at']])('a fact %j reads %j', (name, words) => {
    expect(factName(name)).toBe(words)
  })

  it('the account is what a name says beyond the type', () => {
    expect(secretAccount({ name: 'database-password shop@db', secretType: 'database-password' })).toBe('shop@db')
    expect(secretAccount({ name: 'slack-webhook', secretType: 'slack-webhook' })).toBe('')
    expect(secretAccount({ name: 'DEPLOY_KEY', secretType: 'ci-secret' })).toBe('DEPLOY_KEY')
    expect(secretTitle({ name: 'database-password shop@db', secretType: 'database-password' })).toBe('Database password · shop@db')
  })

  it('a source is told by what its id begins with', () => {
    const kind = (value: string) => sourceKind({ machineKind: 'source', identifiers: [{ type: 'source-id', value }] })
    expect(['git:a/b', 'image:a', 'cluster:1', 'github:github.com/a'].map(kind)).toEqual(['repository', 'image', 'cluster', 'code host'])
    expect(sourceKind({ machineKind: 'device', identifiers: [] })).toBeNull()
  })

  it('wrapping is told from the inside', () => {
    expect(wrapping(['gzip', 'base64'])).toBe('base64 inside gzip')
    expect(wrapping([])).toBe('')
  })
})

describe('what a finding is about', () => {
  it('is a secret by its type, else the name as it is', () => {
    expect(objectTitle({ objectName: 'database-password shop@db', secretType: 'database-password' })).toBe('Database password · shop@db')
    expect(objectTitle({ objectName: 'AWS_SECRET_ACCESS_KEY', secretType: 'ci-secret' })).toBe('CI secret · AWS_SECRET_ACCESS_KEY')
    expect(objectTitle({ objectName: 'shop.example.org', secretType: null })).toBe('shop.example.org')
  })
})
