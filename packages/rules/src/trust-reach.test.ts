import { describe, expect, it } from 'vitest'
import { reachOf } from './trust-reach.ts'

const github = { provider: ['aws'], issuer: ['https://token.actions.githubusercontent.com'] }
const gitlab = { provider: ['aws'], issuer: ['https://gitlab.com'] }
const cluster = { provider: ['aws'], issuer: ['https://oidc.eks.eu-west-1.amazonaws.com/id/ABC'] }

describe('subjects', () => {
  it.each([
    ['*', 'anyone'], ['repo:*', 'anyone'], ['repo:*/*', 'anyone'], ['repo:org*', 'anyone'], ['repo:org*/shop:*', 'anyone'], ['*:ref:refs/heads/main', 'anyone'], ['repo:?rg/shop:*', 'anyone'],
    ['repo:org/*', 'organisation'], ['repo:org/*:ref:refs/heads/main', 'organisation'], ['repo:${Org}/*', 'organisation'],
    ['repo:org/shop:*', 'named'], ['repo:org/shop-*', 'named'], ['repo:org/shop:ref:refs/heads/main', 'named'], ['${var.subjects}', 'named'], ['repository_owner:org:*', 'named'],
  ])('GitHub %s: %s', (subject, reach) => {
    expect(reachOf({ ...github, 'like.sub': [subject] })).toBe(reach)
  })

  it.each([['project_path:*', 'anyone'], ['project_path:group*/x:ref_type:branch:ref:main', 'anyone'], ['project_path:group/*:ref_type:branch:ref:main', 'organisation'], ['project_path:group/team/*', 'named'], ['project_path:group/shop:*', 'named']])('GitLab %s: %s', (subject, reach) => {
    expect(reachOf({ ...gitlab, 'like.sub': [subject] })).toBe(reach)
  })

  it.each([['organization:*:project:x:workspace:y:run_phase:*', 'anyone'], ['organization:org:*', 'organisation'], ['organization:org:project:*:workspace:*:run_phase:*', 'organisation'], ['organization:org:project:p:workspace:*:run_phase:apply', 'named']])('HCP Terraform %s: %s', (subject, reach) => {
    expect(reachOf({ provider: ['aws'], issuer: ['https://app.terraform.io'], 'like.sub': [subject] })).toBe(reach)
  })

  it('a cluster’s issuer serves nobody else: without a subject any of its service accounts comes in', () => {
    expect(reachOf(cluster)).toBe('organisation')
    expect(reachOf({ ...cluster, 'like.sub': ['system:serviceaccount:*:*'] })).toBe('organisation')
    expect(reachOf({ ...cluster, 'is.sub': ['system:serviceaccount:shop:web'] })).toBe('named')
  })

  it('one wide value among several lets in what it lets in', () => {
    expect(reachOf({ ...github, 'like.sub': ['repo:org/shop:*', 'repo:*'] })).toBe('anyone')
  })

  it('compared byte for byte, a star is a star', () => {
    expect(reachOf({ ...github, 'is.sub': ['repo:org/*'] })).toBe('named')
  })
})

describe('other claims', () => {
  it('an audience says nothing of who asks, except where the issuer tells its customers apart by it', () => {
    expect(reachOf({ ...github, 'is.aud': ['sts.amazonaws.com'] })).toBe('anyone')
    expect(reachOf({ provider: ['aws'], issuer: ['https://oidc.vercel.com'], 'is.aud': ['https://vercel.com/org'] })).toBe('named')
  })

  it('a branch of that name has everybody; the owner has all of its repositories; a repository is one', () => {
    expect(reachOf({ ...github, provider: ['vault'], 'is.ref': ['refs/heads/main'] })).toBe('anyone')
    expect(reachOf({ ...github, provider: ['vault'], 'is.repository_owner': ['org'] })).toBe('organisation')
    expect(reachOf({ ...github, provider: ['vault'], 'is.repository': ['org/shop'] })).toBe('named')
    expect(reachOf({ ...github, provider: ['vault'], 'like.repository': ['org/*'] })).toBe('organisation')
  })

  it('every claim narrows: the narrowest counts', () => {
    expect(reachOf({ ...github, 'like.sub': ['repo:org/*'], 'is.job_workflow_ref': ['org/shop/.github/workflows/deploy.yml@refs/heads/main'] })).toBe('named')
  })
})

describe('Google’s pool providers', () => {
  const google = { ...github, provider: ['gcp'] }
  it('of a shared issuer need a condition that asks something of the token', () => {
    expect(reachOf(google)).toBe('anyone')
    expect(reachOf({ ...google, condition: ['true'] })).toBe('anyone')
    expect(reachOf({ ...google, condition: ["assertion.repository_owner == 'org'"] })).toBe('named')
    expect(reachOf({ ...google, condition: ['${var.condition}'] })).toBe('named')
  })
  it('of an issuer of one’s own name who comes in where access is given', () => {
    expect(reachOf({ provider: ['gcp'], issuer: ['https://gitlab.example.com'] })).toBe('named')
  })
})
