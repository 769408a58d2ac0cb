import { parseJson } from '../json.ts'
import { child, entriesOf, itemsOf, type Mapping, mappingsOf, type Tree } from '../tree.ts'
import { blocksOf } from './resources.ts'
import { type Claim, textOf, textsOf, type Trust } from './trust.ts'

/** What a resource of the file says beside its policy. */
export type AwsContext = {
  readonly entry: string
  readonly target: string | null
  /** The URL of an identity provider that is named by an expression, e.g. `aws_iam_openid_connect_provider.github.arn`. */
  readonly issuerOf: (expression: string) => string | null
}

export const WEB_IDENTITY = 'AssumeRoleWithWebIdentity'

/** The statements of IAM role trust policies in a tree, policies written as text inside it among them (IAM User Guide, "IAM JSON policy elements"). */
export function* awsTrusts(tree: Tree, context: AwsContext, within: number | null = null): Generator<Trust> {
  for (const map of mappingsOf(tree)) {
    const trust = statementTrust(map, context, within)
    if (trust !== null) yield trust
    if (within !== null) continue
    for (const { value } of entriesOf(map)) {
      if (value.kind !== 'scalar' || !value.text.includes(WEB_IDENTITY) || !/^\s{0,64}\{/.test(value.text)) continue
      const [document] = parseJson(value.text).documents
      if (document !== undefined) yield* awsTrusts(document, context, value.start)
    }
  }
}

function statementTrust(map: Mapping, { entry, target, issuerOf }: AwsContext, within: number | null): Trust | null {
  const principal = child(map, 'Principal')
  const federated = child(principal, 'Federated')
  if (federated === null || !allowsWebIdentity(textsOf(child(map, 'Action')), textOf(child(map, 'Effect')))) return null
  // Another object's entries may hold a condition.
  const conditions = [...conditionsOf(child(map, 'Condition')), ...map.entries.some(({ key }) => key.text.startsWith('${')) ? [somethingAsked] : []]
  const at = within === null ? federated : { start: within, end: within }
  return { provider: 'aws', entry, target, ...believed(textsOf(federated), conditions, issuerOf), condition: null, start: at.start, end: at.end }
}

/** Operators and what they compare. What is worked out when it runs asks for something, whatever it is. */
function conditionsOf(tree: Tree | null): readonly Condition[] {
  if (tree === null) return []
  if (tree.kind !== 'map') return [somethingAsked]
  return entriesOf(tree).flatMap(({ key, value }): readonly Condition[] => (value.kind === 'map' ? value.entries.map((each) => ({ test: key.text, variable: each.key.text, values: textsOf(each.value) })) : [somethingAsked]))
}

/** The statements of Terraform's `aws_iam_policy_document` that let others in. */
export function* policyDocumentTrusts(body: Tree, { entry, target, issuerOf }: AwsContext): Generator<Trust> {
  for (const { value } of blocksOf(body, 'statement')) {
    const federated = blocksOf(value, 'principal').concat(blocksOf(value, 'principals')).find((each) => textOf(child(each.value, 'type')) === 'Federated')
    if (federated === undefined || !allowsWebIdentity(textsOf(child(value, 'actions')), textOf(child(value, 'effect')) ?? 'Allow')) continue
    const stated = blocksOf(value, 'condition').map((each) => ({ test: textOf(child(each.value, 'test')) ?? '', variable: textOf(child(each.value, 'variable')) ?? '', values: textsOf(child(each.value, 'values')) }))
    // Conditions that are made in a loop are there, whatever they say.
    const looped = child(value, 'dynamic.condition') === null && child(value, 'conditions')?.kind !== 'scalar' ? [] : [{ ...somethingAsked, values: ['${dynamic}'] }]
    const { start, end } = federated
    yield { provider: 'aws', entry, target, ...believed(textsOf(child(federated.value, 'identifiers')), [...stated, ...looped], issuerOf), condition: null, start, end }
  }
}

function allowsWebIdentity(actions: readonly string[], effect: string | null): boolean {
  return effect === 'Allow' && actions.some((action) => /^(?:\*|sts:\*|sts:Assume(?:Role)?\*|sts:AssumeRoleWithWebIdentity)$/i.test(action))
}

type Condition = { readonly test: string; readonly variable: string; readonly values: readonly string[] }
const somethingAsked: Condition = { test: 'StringEquals', variable: 'issuer:sub', values: ['${computed}'] }

/** Whose tokens are believed, and which claims are asked for: tests that refuse narrow nothing that could be named. */
function believed(federated: readonly string[], conditions: readonly Condition[], issuerOf: AwsContext['issuerOf']): Pick<Trust, 'issuer' | 'claims'> {
  const claims: Claim[] = []
  let host: string | null = null
  for (const { test, variable, values } of conditions) {
    const colon = variable.lastIndexOf(':')
    if (colon <= 0 && variable.includes('${')) claims.push({ name: 'sub', like: false, values: ['${computed}'] })
    if (colon <= 0 || /^(?:aws|sts):/.test(variable)) continue
    host ??= variable.slice(0, colon)
    const operator = /^(?:For(?:Any|All)Values:)?(String(?:Equals(?:IgnoreCase)?|Like)|Arn(?:Equals|Like))(?:IfExists)?$/.exec(test)
    if (operator === null && !test.startsWith('${')) continue
    claims.push({ name: variable.slice(colon + 1), like: operator !== null && /Like$|^Arn/.test(operator[1]!), values })
  }
  const provider = federated.length === 1 ? federated[0]! : ''
  const named = /:oidc-provider\/(.+)$/.exec(provider)?.[1] ?? (/^[\w.-]+\.\w{2,}$/.test(provider) ? provider : null)
  const issuer = named ?? issuerOf(provider) ?? host
  return { issuer: issuer === null || issuer === 'issuer' ? null : withScheme(issuer), claims }
}

function withScheme(issuer: string): string {
  return /^https?:\/\//.test(issuer) || issuer.startsWith('${') ? issuer : `https://${issuer}`
}

/** Items of a tree under keys that name resources: of a CloudFormation template its resources, otherwise the whole. */
export function* awsDocumentTrusts(tree: Tree): Generator<Trust> {
  const resources = entriesOf(child(tree, 'Resources'))
  const issuers = new Map(resources.map(({ key, value }) => [key.text, textOf(child(child(value, 'Properties'), 'Url'))]))
  const issuerOf = (expression: string): string | null => issuers.get(/^\$\{([A-Za-z0-9]+)(?:\.Arn)?\}$/.exec(expression)?.[1] ?? '') ?? null
  for (const { key, value } of resources) {
    yield* awsTrusts(value, { entry: key.text, target: textOf(child(child(value, 'Properties'), 'RoleName')), issuerOf })
  }
  if (resources.length > 0) return
  const states = itemsOf(child(tree, 'resources')).filter((each) => child(each, 'instances') !== null)
  for (const state of states) {
    const address = `${textOf(child(state, 'type')) ?? ''}.${textOf(child(state, 'name')) ?? ''}`
    for (const instance of itemsOf(child(state, 'instances'))) yield* awsTrusts(instance, { entry: address, target: textOf(child(child(instance, 'attributes'), 'name')), issuerOf: () => null })
  }
  if (states.length === 0) yield* awsTrusts(tree, { entry: '', target: textOf(child(child(tree, 'Role'), 'RoleName') ?? child(tree, 'RoleName')), issuerOf: () => null })
}
