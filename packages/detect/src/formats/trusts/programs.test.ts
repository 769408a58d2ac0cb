import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scan, type Seen } from '../scan.testing.ts'
import type { Tree } from '../tree.ts'
import { type Language, literalAt } from './literals.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const provider = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`

function trusts(path: string, text: string): readonly (Seen['facts'] & { readonly line: string })[] {
  return scan(path, text).filter(({ secretType }) => secretType === 'trust-policy').map(({ facts, line }) => ({ ...facts, line: `${line}` }))
}

/** A tree as plain values; what has to be worked out by its text in angle brackets. */
function plain(tree: Tree | null): unknown {
  if (tree === null) return null
  if (tree.kind === 'scalar') return tree.tag === null ? tree.text : `<${tree.text}>`
  if (tree.kind === 'list') return tree.items.map(plain)
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key.text, plain(value)]))
}
const read = (language: Language, text: string) => plain(literalAt(text, 0, language)?.tree ?? null)

describe('literals of programs', () => {
  it('TypeScript: objects, lists, texts of three kinds; what is worked out by its text', () => {
    expect(read('javascript', '{ a: "x", \'b-c\': [1, `d${e}f`, ...more], /* no, } */ d: f(1, "}"), g, [`${h}:sub`]: org + "/*", i: { j: true } as const, ...rest, k: x => ({ y: 1 }), }')).toEqual({
      a: 'x', 'b-c': ['1', 'd${e}f', '<...more>'], d: '<f(1, "}")>', g: '<g>', '${h}:sub': '<org + "/*">', i: { j: 'true' }, '${...rest}': '<${...rest}>', k: '<x => ({ y: 1 })>',
    })
    expect(read('javascript', 'pulumi.jsonStringify({ a: pulumi.interpolate`${b.arn}/c`, d: c ? "e" : "f" })')).toEqual({ a: '${b.arn}/c', d: '<c ? "e" : "f">' })
  })

  it('Python: dictionaries, keyword arguments, texts with prefixes and behind each other', () => {
    expect(read('python', `json.dumps({"a": f"x{y}z", 'b': ("p" "q"), "c": "r" 's',  # no }\n"d": [x for x in z], **more, "e": None, "f": """g\n"h" """})`)).toEqual({
      a: 'x${y}z', b: '<("p" "q")>', c: 'rs', d: ['<x for x in z>'], '${**more}': '<${**more}>', e: 'None', f: 'g\n"h" ',
    })
    expect(read('python', 'aws.iam.GetPolicyDocumentStatementArgs(actions=["a"], b=c.d)')).toEqual({ actions: ['a'], b: '<c.d>' })
  })

  it('Bicep: lines end values, expressions are left', () => {
    expect(read('bicep', "{\n  name: 'a${b}'\n  list: [\n    'x'\n    y.z\n  ]\n  c: d ? 'e' : 'f' // no\n  'g-h': '''i'j'''\n}")).toEqual({ name: 'a${b}', list: ['x', '<y.z>'], c: "<d ? 'e' : 'f' // no>", 'g-h': "i'j" })
  })

  it('whatever the text, it is read to a place within it or not at all', () => {
    const parts = fc.array(fc.constantFrom('{', '}', '[', ']', '(', ')', ',', ':', '"', "'", '`', '${', '\\', '\n', ' ', 'a', 'f"', '=', '...', '**', '/*', '*/', '//', '#', '.', '+', 'JSON.stringify(', 'json.dumps(', 'XArgs(', '"""', 'as ', '1'), { maxLength: 60 })
    fc.assert(fc.property(fc.constantFrom<Language>('javascript', 'python', 'bicep'), parts, (language, texts) => {
      const text = texts.join('')
      const result = literalAt(text, 0, language)
      if (result !== null) expect(result.end).toBeLessThanOrEqual(text.length)
    }), { numRuns: 2000 })
  })

  it('takes time in proportion to its length, and no deep stack', () => {
    for (const text of ['{a:'.repeat(50_000), '['.repeat(50_000), '"a"'.repeat(50_000), `[${'"a" '.repeat(50_000)}]`, 'f('.repeat(50_000), `{${'a:{},'.repeat(20_000)}}`, 'JSON.stringify('.repeat(20_000), `{a: ${'b+'.repeat(50_000)}`]) {
      for (const language of ['javascript', 'python', 'bicep'] as const) expect(literalAt(text, 0, language)?.end ?? 0).toBeLessThanOrEqual(text.length)
    }
    expect(trusts('index.ts', `// pulumi AuthBackendRole\n${'new aws.iam.Role("a", {'.repeat(20_000)}`)).toEqual([])
  })
})

describe('Pulumi', () => {
  it('TypeScript: roles with their policy as an object, as text, and made on the spot', () => {
    const text = `import * as pulumi from "@pulumi/pulumi"
const gh = new aws.iam.OpenIdConnectProvider("gh", { url: "https://${GITHUB}", clientIdLists: ["sts.amazonaws.com"] })
new aws.iam.Role("ci", {
  assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: gh.arn }, Condition: { StringLike: { [\`\${host}:sub\`]: "repo:acme/*" } } }] }),
})
const doc = aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["sts:AssumeRoleWithWebIdentity"], principals: [{ type: "Federated", identifiers: ["${provider}"] }], conditions: [{ test: "StringEquals", variable: "${GITHUB}:aud", values: ["sts.amazonaws.com"] }] }] })
new aws.iam.Role("inline", { name: "deploy", assumeRolePolicy: aws.iam.getPolicyDocument({ statements: [{ actions: ["sts:AssumeRoleWithWebIdentity"], principals: [{ type: "Federated", identifiers: ["${provider}"] }], conditions: conds }] }).then(d => d.json) })
new aws.iam.Role("spread", { assumeRolePolicy: { Statement: [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: "${provider}" }, Condition: { StringLike: { ...subs } } }] } })
new aws.iam.Role("based", { assumeRolePolicy: { Statement: [{ ...base, Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: "${provider}" } }] } })
new aws.iam.Role("other", { assumeRolePolicy: policyOf("x") })
`
    expect(trusts('infra/index.ts', text).map(({ reference, target, issuer, 'is.sub': is, 'like.sub': like, 'is.aud': aud, line }) => [reference, target, issuer, is ?? like ?? aud, line])).toEqual([
      ['ci', 'ci', `https://${GITHUB}`, 'repo:acme/*', '4'], ['doc', undefined, `https://${GITHUB}`, 'sts.amazonaws.com', '6'],
      ['inline', 'deploy', `https://${GITHUB}`, '${dynamic}', '7'], ['spread', 'spread', `https://${GITHUB}`, '${computed}', '8'], ['based', 'based', `https://${GITHUB}`, '${computed}', '9'],
    ])
  })

  it('Python: the same, with its names for fields', () => {
    const text = `import pulumi_aws as aws
aws.iam.Role("ci", name="deploy", assume_role_policy=json.dumps({
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "${provider}"},
        "Condition": {"StringLike": {"${GITHUB}:sub": f"repo:{org}/*"}}}],
}))
doc = aws.iam.get_policy_document(statements=[aws.iam.GetPolicyDocumentStatementArgs(
    actions=["sts:AssumeRoleWithWebIdentity"],
    principals=[aws.iam.GetPolicyDocumentStatementPrincipalArgs(type="Federated", identifiers=["${provider}"])],
)])
gcp.iam.WorkloadIdentityPoolProvider("gh", workload_identity_pool_provider_id="gh", oidc=gcp.iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri="https://${GITHUB}"))
azuread.ApplicationFederatedIdentityCredential("az", display_name="az", issuer="https://${GITHUB}", subject="repo:acme/shop:pull_request", audiences=["api://AzureADTokenExchange"])
vault.jwt.AuthBackendRole("v", role_name="v", role_type="jwt", user_claim="sub", bound_claims={"repository": "acme/shop"})
`
    expect(trusts('__main__.py', text).map(({ provider: into, reference, 'is.sub': is, 'like.sub': like, 'is.repository': repository }) => [into, reference, is ?? like ?? repository])).toEqual([
      ['aws', 'ci', 'repo:${org}/*'], ['aws', 'doc', undefined], ['gcp', 'gh', undefined], ['azure', 'az', 'repo:acme/shop:pull_request'], ['vault', 'v', 'acme/shop'],
    ])
  })

  it('YAML: resources by their types', () => {
    const text = `runtime: yaml
resources:
  ci:
    type: aws:iam:Role
    properties:
      assumeRolePolicy:
        fn::toJSON:
          Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: { Federated: "${provider}" }
            Condition: { StringLike: { "${GITHUB}:sub": "repo:acme/*" } }
  gh:
    type: gcp:iam:WorkloadIdentityPoolProvider
    properties: { workloadIdentityPoolProviderId: gh, attributeMapping: { google.subject: assertion.sub }, attributeCondition: "assertion.repository_owner == 'acme'", oidc: { issuerUri: "https://${GITHUB}" } }
  v:
    type: vault:jwt/authBackendRole:AuthBackendRole
    properties: { roleType: jwt, userClaim: sub, boundClaims: { repository: acme/shop } }
variables:
  doc:
    fn::invoke:
      function: aws:iam:getPolicyDocument
      arguments: { statements: [{ actions: ["sts:AssumeRoleWithWebIdentity"], principals: [{ type: Federated, identifiers: ["${provider}"] }] }] }
`
    expect(trusts('Pulumi.yaml', text).map(({ provider: into, reference, condition, 'like.sub': like, 'is.repository': repository }) => [into, reference, condition ?? like ?? repository])).toEqual([
      ['aws', 'ci', 'repo:acme/*'], ['gcp', 'gh', "assertion.repository_owner == 'acme'"], ['vault', 'v', 'acme/shop'], ['aws', 'doc', undefined],
    ])
  })

  it('programs of others are left alone', () => {
    expect(trusts('a.ts', `new Role("x", { assumeRolePolicy: { Statement: [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: "${provider}" } }] } })`)).toEqual([])
  })
})

describe('Azure', () => {
  it('Bicep: credentials with and without properties, conditional ones too; loops are left', () => {
    const text = `param subject string
resource gh 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: identity
  name: 'github'
  properties: {
    issuer: 'https://${GITHUB}' // theirs
    subject: 'repo:acme/shop:environment:\${env}'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}
resource app 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = if (deploy) {
  name: '\${app.uniqueName}/x'
  issuer: environment().authentication.loginEndpoint
  subject: subject
  audiences: ['api://AzureADTokenExchange']
}
resource many 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = [for x in list: {
  name: x
}]
`
    expect(trusts('main.bicep', text).map(({ reference, target, issuer, 'is.sub': sub, line }) => [reference, target, issuer, sub, line])).toEqual([
      ['gh', 'github', `https://${GITHUB}`, 'repo:acme/shop:environment:${env}', '2'], ['app', '${app.uniqueName}/x', '${environment().authentication.loginEndpoint}', '${subject}', '13'],
    ])
  })

  it('ARM: what a template works out when it is deployed stands by its expression', () => {
    const resource = { type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', name: 'id/gh', properties: { issuer: `https://${GITHUB}`, subject: "[concat('repo:', parameters('o'), '/*')]", audiences: ['api://AzureADTokenExchange'] } }
    expect(trusts('azuredeploy.json', JSON.stringify({ resources: [resource] }))).toEqual([expect.objectContaining({ target: 'id/gh', 'is.sub': "${concat('repo:',parameters('o'),'/*')}" })])
  })
})

it('Terraform: a condition that is worked out asks for something, whatever it is', () => {
  const role = (condition: string) => `resource "aws_iam_role" "a" {\n  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = "${provider}" }, Condition = ${condition} }] })\n}\n`
  for (const condition of ['local.conditions', 'merge(var.a, var.b)', '{ StringLike = var.subs }']) expect(trusts('a.tf', role(condition))[0], condition).toMatchObject({ 'is.sub': '${computed}' })
})
