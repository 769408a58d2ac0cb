import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scan, type Seen } from '../scan.testing.ts'
import { shellCommands } from './shell-commands.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const policy = (condition: object = {}) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }] })

function trusts(text: string, path = 'scripts/setup.sh'): readonly (Seen['facts'] & { readonly line: string })[] {
  return scan(path, text).filter(({ secretType }) => secretType === 'trust-policy').map(({ facts, line }) => ({ ...facts, line: `${line}` }))
}
const words = (text: string) => shellCommands(text).map((command) => command.words.map((word) => word.text))

describe('commands of a script', () => {
  it('are told apart, quotes undone, continued lines joined, comments left out', () => {
    expect(words('a "b c" \'d\\e\' f\\ g # no\nif x; then y -z && w\\\n  v | u; fi')).toEqual([['a', 'b c', 'd\\e', 'f g'], ['if', 'x'], ['then', 'y', '-z'], ['w', 'v'], ['u'], ['fi']])
  })

  it('what only a run can tell stands by its name, and commands within are commands', () => {
    expect(words('A=$(aws x "$B") c "${D:-e}/f" `g h`')).toEqual([['aws', 'x', '${B}'], ['g', 'h'], ['A=${computed}', 'c', '${D}/f', '${computed}']])
  })

  it('here-documents go to their command, redirections are no words', () => {
    const [cat, next] = shellCommands("cat > t.json 2>/dev/null <<'EOF'\n{\"a\": \"$B\"}\nEOF\nnext <<E\n$B \\$C\nE\n")
    expect([cat!.words.length, cat!.output, cat!.document?.text]).toEqual([1, '/dev/null', '{"a": "$B"}\n'])
    expect(next!.document?.text).toBe('${B} $C\n')
  })

  it('whatever the text, words lie within it and nothing is thrown', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', ' ', '\n', '"', "'", '$', '(', ')', '{', '}', '\\', '`', '<<E', 'E', '>', '#', ';', 'aws iam', "$'", '<<-"X"'), { maxLength: 60 }), (parts) => {
      const text = parts.join('')
      for (const command of shellCommands(text)) for (const { start, end } of command.words) expect(start >= 0 && start <= end && end <= text.length + 1).toBe(true)
    }), { numRuns: 500 })
  })

  it('takes time in proportion to its length, however it nests', () => {
    for (const text of ['$('.repeat(20_000), '"$('.repeat(20_000), '<<A\n'.repeat(20_000), '`'.repeat(40_000), '{'.repeat(40_000), `${'a=$(b '.repeat(5_000)}${')'.repeat(5_000)}`]) expect(shellCommands(text).length).toBeLessThan(100_000)
  })
})

describe('trust in a script', () => {
  it('a role of AWS with its policy as text, in quotes of either kind, and by the output of the command', () => {
    const single = `aws iam create-role --role-name ci \\\n  --assume-role-policy-document '${JSON.stringify(policy({ StringLike: { [`${GITHUB}:sub`]: 'repo:org/*' } }))}'\n`
    const double = `ARN=$(aws --profile prod iam update-assume-role-policy --role-name=ops --policy-document "${JSON.stringify(policy()).replaceAll('"', '\\"')}" --query Role.Arn)\n`
    expect(trusts(`#!/bin/sh\n${single}${double}`).map(({ reference, target, issuer, 'like.sub': sub, line }) => [reference, target, issuer, sub, line])).toEqual([
      ['ci', 'ci', `https://${GITHUB}`, 'repo:org/*', '3'], ['ops', 'ops', `https://${GITHUB}`, undefined, '4'],
    ])
  })

  it('a policy that the script writes first; one that lies elsewhere is read where it lies', () => {
    const text = `cat > ./trust.json <<EOF\n${JSON.stringify(policy({ StringEquals: { [`${GITHUB}:sub`]: 'repo:$OWNER/shop:ref:refs/heads/main' } }), null, 2)}\nEOF\naws iam create-role --role-name "$ROLE" --assume-role-policy-document file://trust.json\naws iam create-role --role-name b --assume-role-policy-document file://other.json\n`
    expect(trusts(text)).toEqual([expect.objectContaining({ target: '${ROLE}', 'is.sub': 'repo:${OWNER}/shop:ref:refs/heads/main', line: '2' })])
  })

  it('providers of Google’s pools', () => {
    const text = `gcloud iam workload-identity-pools providers create-oidc github --location=global \\\n  --workload-identity-pool="pool" --issuer-uri="https://${GITHUB}/" \\\n  --attribute-mapping="google.subject=assertion.sub" --attribute-condition="assertion.repository_owner=='acme'"\ngcloud iam workload-identity-pools providers create-oidc open --issuer-uri https://${GITHUB}\n`
    expect(trusts(text).map(({ provider, target, issuer, condition }) => [provider, target, issuer, condition])).toEqual([
      ['gcp', 'github', `https://${GITHUB}/`, "assertion.repository_owner=='acme'"], ['gcp', 'open', `https://${GITHUB}`, undefined],
    ])
  })

  it('federated credentials of Azure, by a document and by options', () => {
    const document = JSON.stringify({ name: 'gh', issuer: `https://${GITHUB}`, subject: 'repo:acme/shop:pull_request', audiences: ['api://AzureADTokenExchange'] })
    const text = `az ad app federated-credential create --id $APP --parameters '${document}'\naz identity federated-credential create --name k8s --identity-name id -g rg --issuer "$ISSUER" --subject system:serviceaccount:app:api\n`
    expect(trusts(text).map(({ target, issuer, 'is.sub': sub }) => [target, issuer, sub])).toEqual([['gh', `https://${GITHUB}`, 'repo:acme/shop:pull_request'], ['k8s', '${ISSUER}', 'system:serviceaccount:app:api']])
  })

  it('roles of Vault, by fields, by a document, and for clusters; those for people are none', () => {
    const text = `vault write auth/jwt/config oidc_discovery_url="https://${GITHUB}"
vault write auth/jwt/role/wide role_type=jwt user_claim=actor bound_audiences=x policies=p
vault write auth/jwt/role/one - <<EOF
{"role_type": "jwt", "user_claim": "actor", "bound_claims_type": "glob", "bound_claims": {"repository": "acme/*"}}
EOF
bao write auth/jwt/role/two role_type="jwt" user_claim="sub" bound_claims='{"project_path":"acme/shop"}'
vault write auth/kubernetes/role/app bound_service_account_names=* bound_service_account_namespaces=a,b
vault write auth/oidc/role/people user_claim=email
`
    expect(trusts(text).map(({ reference, issuer, 'like.repository': repository, 'is.project_path': project, 'like.namespace': namespace }) => [reference, issuer, repository ?? project ?? namespace])).toEqual([
      ['wide', `https://${GITHUB}`, undefined], ['one', `https://${GITHUB}`, 'acme/*'], ['two', `https://${GITHUB}`, 'acme/shop'], ['app', undefined, 'a b'],
    ])
  })

  it('is read where a shell would run it alone', () => {
    const text = `aws iam create-role --role-name ci --assume-role-policy-document '${JSON.stringify(policy())}'\n`
    expect(trusts(text, 'docs/setup.md')).toEqual([])
    expect(trusts(`#!/usr/bin/env bash\n${text}`, 'bin/setup')).toHaveLength(1)
    expect(trusts(text, 'bin/setup')).toEqual([])
  })
})
