import { describe, expect, it } from 'vitest'
import { scan, type Seen } from '../scan.testing.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const provider = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`

/** Trusts of a file as facts, with their names and lines. */
function trusts(path: string, text: string): readonly (Seen['facts'] & { readonly line: string })[] {
  return scan(path, text).filter(({ secretType }) => secretType === 'trust-policy').map(({ facts, line }) => ({ ...facts, line: `${line}` }))
}
const statement = (condition: object | null, principal: unknown = { Federated: provider }) => ({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRoleWithWebIdentity', ...condition === null ? {} : { Condition: condition } })

describe('roles of AWS', () => {
  it('a policy document in JSON: issuer, and the claims each way of comparing asks for', () => {
    const policy = { Version: '2012-10-17', Statement: [statement({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${GITHUB}:sub`]: ['repo:org/a:*', 'repo:org/*'] } })] }
    expect(trusts('trust.json', JSON.stringify(policy))).toEqual([expect.objectContaining({ provider: 'aws', issuer: `https://${GITHUB}`, 'is.aud': 'sts.amazonaws.com', 'like.sub': 'repo:org/* repo:org/a:*' })])
  })

  it('without a condition nothing is asked for; statements of other kinds are none', () => {
    const [seen, ...others] = trusts('t.json', JSON.stringify({ Statement: [statement(null), { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }, { ...statement(null), Effect: 'Deny' }] }))
    expect(others).toEqual([])
    expect(Object.keys(seen!).filter((key) => /^(?:is|like)\./.test(key))).toEqual([])
  })

  it('a test that refuses narrows nothing that could be named', () => {
    expect(trusts('t.json', JSON.stringify({ Statement: [statement({ StringNotLike: { [`${GITHUB}:sub`]: 'repo:other/*' } })] }))[0]).not.toHaveProperty('like.sub')
  })

  it('CloudFormation: the role’s name, what is filled in later, a provider of the same template', () => {
    const yaml = [
      'Resources:', '  Provider:', '    Type: AWS::IAM::OIDCProvider', '    Properties:', `      Url: https://${GITHUB}`, '  Role:', '    Type: AWS::IAM::Role', '    Properties:', '      RoleName: deploy', '      AssumeRolePolicyDocument:', '        Statement:',
      '        - Effect: Allow', '          Action: sts:AssumeRoleWithWebIdentity', '          Principal:', '            Federated: !GetAtt Provider.Arn', '          Condition:', '            StringLike:', `              ${GITHUB}:sub: !Sub repo:\${Org}/*`, '            StringEquals:', `              ${GITHUB}:ref: !Ref Branch`, '',
    ].join('\n')
    expect(trusts('infra/template.yaml', yaml)).toEqual([expect.objectContaining({ reference: 'Role', target: 'deploy', issuer: `https://${GITHUB}`, 'like.sub': 'repo:${Org}/*', 'is.ref': '${Branch}', line: '15' })])
  })

  it('a policy written as text in a template or in Terraform’s state', () => {
    const policy = JSON.stringify({ Statement: [statement(null), statement(null)] })
    expect(trusts('terraform.tfstate', JSON.stringify({ terraform_version: '1.9.0', resources: [{ type: 'aws_iam_role', name: 'ci', instances: [{ attributes: { name: 'ci-role', assume_role_policy: policy } }] }] })).map(({ reference, target }) => [reference, target])).toEqual([['aws_iam_role.ci', 'ci-role'], ['aws_iam_role.ci[1]', 'ci-role']])
  })
})

describe('Terraform', () => {
  it('a policy document with the role that takes it and the provider it names', () => {
    const text = `
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringLike"
      variable = "${GITHUB}:sub"
      values   = ["repo:org/*", var.more]
    }
  }
}
resource "aws_iam_openid_connect_provider" "github" { url = "https://${GITHUB}" }
resource "aws_iam_role" "ci" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
`
    expect(trusts('iam.tf', text)).toEqual([expect.objectContaining({ reference: 'data.aws_iam_policy_document.trust', target: 'deploy', issuer: `https://${GITHUB}`, 'like.sub': 'repo:org/* ${var.more}', line: '5' })])
  })

  it('conditions that are made in a loop are there, whatever they say', () => {
    const text = `data "aws_iam_policy_document" "x" {\n  statement {\n    actions = ["sts:AssumeRoleWithWebIdentity"]\n    principals {\n      type = "Federated"\n      identifiers = ["${provider}"]\n    }\n    dynamic "condition" {\n      for_each = var.c\n    }\n  }\n}\n`
    expect(trusts('iam.tf', text)[0]).toMatchObject({ 'is.sub': '${dynamic}' })
  })

  it('a policy in the role itself, as an object or as text', () => {
    const object = `resource "aws_iam_role" "a" {\n  assume_role_policy = jsonencode({\n    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRoleWithWebIdentity"], Principal = { Federated = "${provider}" } }]\n  })\n}\n`
    const text = `resource "aws_iam_role" "b" {\n  assume_role_policy = <<EOF\n${JSON.stringify({ Statement: [statement({ StringEquals: { [`${GITHUB}:sub`]: 'repo:o/r:ref:refs/heads/main' } })] })}\nEOF\n}\n`
    expect(trusts('iam.tf', object + text).map(({ reference, 'is.sub': sub }) => [reference, sub])).toEqual([['aws_iam_role.a', undefined], ['aws_iam_role.b', 'repo:o/r:ref:refs/heads/main']])
  })

  it('providers of Google’s pools, with and without a condition', () => {
    const block = (name: string, more: string) => `resource "google_iam_workload_identity_pool_provider" "${name}" {\n  workload_identity_pool_provider_id = "${name}-id"\n  attribute_mapping = { "google.subject" = "assertion.sub" }\n${more}  oidc {\n    issuer_uri = "https://${GITHUB}"\n  }\n}\n`
    expect(trusts('gcp.tf', block('a', '') + block('b', '  attribute_condition = "assertion.repository_owner == \'org\'"\n'))).toEqual([
      expect.not.objectContaining({ condition: expect.anything() }), expect.objectContaining({ provider: 'gcp', target: 'b-id', condition: "assertion.repository_owner == 'org'" }),
    ])
  })

  it('federated credentials of Entra, exact and by expression', () => {
    const text = 'resource "azurerm_federated_identity_credential" "a" {\n  name = "a"\n  issuer = "https://token.actions.githubusercontent.com"\n  subject = "repo:o/r:environment:prod"\n}\nresource "azuread_application_flexible_federated_identity_credential" "b" {\n  issuer = "https://token.actions.githubusercontent.com"\n  claims_matching_expression = "claims[\'sub\'] matches \'repo:o/*\'"\n}\n'
    expect(trusts('azure.tf', text).map((each) => [each['is.sub'], each['like.sub']])).toEqual([['repo:o/r:environment:prod', undefined], [undefined, 'repo:o/*']])
  })

  it('roles of Vault: what is bound, whose tokens are believed', () => {
    const text = `resource "vault_jwt_auth_backend" "gh" {\n  path = "gh"\n  oidc_discovery_url = "https://${GITHUB}"\n}\nresource "vault_jwt_auth_backend_role" "a" {\n  backend = vault_jwt_auth_backend.gh.path\n  role_name = "a"\n  role_type = "jwt"\n  bound_audiences = ["x"]\n  user_claim = "sub"\n}\nresource "vault_jwt_auth_backend_role" "b" {\n  backend = "other"\n  role_type = "jwt"\n  bound_claims_type = "glob"\n  bound_claims = { repository = "org/*,org2/x" }\n}\nresource "vault_jwt_auth_backend_role" "people" {\n  role_type = "oidc"\n}\n`
    expect(trusts('vault.tf', text).map(({ reference, issuer, 'like.repository': repository }) => [reference, issuer, repository])).toEqual([
      ['vault_jwt_auth_backend_role.a', `https://${GITHUB}`, undefined], ['vault_jwt_auth_backend_role.b', undefined, 'org/* org2/x'],
    ])
  })
})

describe('documents', () => {
  it('a Config Connector object, a federated credential for Graph, a role for Vault, each once', () => {
    const connector = `apiVersion: iam.cnrm.cloud.google.com/v1beta1\nkind: IAMWorkloadIdentityPoolProvider\nmetadata: {name: gh}\nspec:\n  attributeMapping: {google.subject: assertion.sub}\n  oidc: {issuerUri: "https://${GITHUB}"}\n`
    expect(trusts('gcp.yaml', connector)).toEqual([expect.objectContaining({ provider: 'gcp', target: 'gh' })])
    expect(trusts('credential.json', JSON.stringify({ name: 'gh', issuer: `https://${GITHUB}`, subject: 'repo:o/r:pull_request', audiences: ['api://AzureADTokenExchange'] }))).toEqual([expect.objectContaining({ provider: 'azure', 'is.sub': 'repo:o/r:pull_request' })])
    expect(trusts('role.json', JSON.stringify({ role_type: 'jwt', user_claim: 'actor', bound_claims: { project_id: '7' } }))).toEqual([expect.objectContaining({ provider: 'vault', 'is.project_id': '7' })])
  })
})

it('what starts a workflow stands with its permission to prove itself, and whether it takes the code of whoever asks', () => {
  const text = 'on:\n  pull_request_target:\n    types: [opened]\npermissions:\n  id-token: write\njobs:\n  a:\n    permissions: write-all\n    steps:\n    - uses: actions/checkout@v4\n      with:\n        ref: ${{ github.event.pull_request.head.sha }}\n  b:\n    steps: []\n'
  const seen = scan('.github/workflows/pr.yml', text).filter(({ secretType }) => secretType === 'oidc-permission')
  expect(seen.map(({ facts }) => [facts['reference'], facts['triggers'], facts['checkout']])).toEqual([['id-token', 'pull_request_target', 'head'], ['id-token a', 'pull_request_target', 'head']])
  const replaced = scan('.github/workflows/pr.yml', 'on: push\npermissions: {id-token: write}\njobs:\n  a:\n    permissions: {contents: read}\n    steps: []\n')
  expect(replaced.filter(({ secretType }) => secretType === 'oidc-permission')).toEqual([])
})
