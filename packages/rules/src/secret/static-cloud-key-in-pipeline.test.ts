import { expect, it } from 'vitest'
import { ciVariable, context, credentialSubject, fileLine, repositoryLine, secret } from '../fixtures.ts'
import { staticCloudKeyInPipeline } from './static-cloud-key-in-pipeline.ts'

const aws = { secretType: 'aws-secret-access-key' }
const found = (change: Parameters<typeof secret>[0], place: ReturnType<typeof fileLine>) => staticCloudKeyInPipeline.check(credentialSubject(secret(change), [place]), context)

it('a variable that holds a cloud’s key, or that a workflow takes for one, is found', () => {
  expect(found(aws, ciVariable())?.evidence).toBe('a key of AWS is given to gitlab.example.com/shop:shop DEPLOY_TOKEN')
  expect(found({ secretType: 'ci-secret', valueKnown: false, facts: { provider: 'gcp' } }, ciVariable())).not.toBeNull()
  expect(found({ secretType: 'ci-secret', valueKnown: false, facts: { provider: 'gcp', workflow: '.github/workflows/deploy.yml' } }, ciVariable())?.evidence).toBe('a key of Google Cloud is given to gitlab.example.com/shop:.github/workflows/deploy.yml as DEPLOY_TOKEN')
})

it('a key written into a workflow is found, one in another file is not', () => {
  expect(found(aws, repositoryLine({ path: '.github/workflows/deploy.yml' }))).not.toBeNull()
  expect(found(aws, repositoryLine({ path: 'config/aws.yml' }))).toBeNull()
})

it('a session’s key and other secrets are not', () => {
  expect(found({ ...aws, facts: { keyKind: 'temporary' } }, ciVariable())).toBeNull()
  expect(found({ secretType: 'database-password' }, ciVariable())).toBeNull()
})
