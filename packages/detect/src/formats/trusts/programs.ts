import { child, entriesOf, type Tree } from '../tree.ts'
import { awsTrusts, policyDocumentTrusts } from './aws.ts'
import { azureClaims } from './documents.ts'
import { argumentsAt, type Language, literalAt } from './literals.ts'
import { resourceTrust, terraformTypeOf } from './resources.ts'
import { field, textOf, type Trust } from './trust.ts'

/** A resource as a program states it. */
type Stated = { readonly type: string; readonly name: string; readonly body: Tree; readonly start: number; readonly end: number }

/** What is looked for: classes by their last name, and the function that makes policy documents. */
const classes = 'Role|OpenIdConnectProvider|AuthBackend|WorkloadIdentityPoolProvider|ApplicationFederatedIdentityCredential|ApplicationFlexibleFederatedIdentityCredential|FederatedIdentityCredential|AuthBackendRole'
const inJavascript = new RegExp(String.raw`\bnew\s{1,8}((?:[\w$]{1,64}\.){0,6}(?:${classes}))\s{0,8}\(|\b((?:[\w$]{1,64}\.){0,6}getPolicyDocument(?:Output)?)\s{0,8}\(`, 'g')
const inPython = new RegExp(String.raw`\b((?:\w{1,64}\.){0,6}(?:${classes}|get_policy_document(?:_output)?))\s{0,8}\(`, 'g')

/** Trust that a program of Pulumi states, as far as it is written out. */
export function programTrusts(text: string, language: 'javascript' | 'python'): readonly Trust[] {
  return resourcesTrusts([...statedIn(text, language)])
}

/** Trust among the resources of a Pulumi program in YAML; null for another document. */
export function pulumiYamlTrusts(tree: Tree): readonly Trust[] | null {
  const resources = entriesOf(child(tree, 'resources')).flatMap(({ key, value }): Stated[] => {
    const type = textOf(child(value, 'type'))
    return type === null || !/^[\w-]{1,64}:\w/.test(type) ? [] : [{ type, name: key.text, body: child(value, 'properties') ?? { kind: 'map', entries: [], start: key.start, end: key.end }, start: key.start, end: key.end }]
  })
  if (resources.length === 0) return null
  const documents = entriesOf(child(tree, 'variables')).flatMap(({ key, value }): Stated[] => {
    const call = child(value, 'fn::invoke') ?? child(value, 'fn::aws:iam:getPolicyDocument')
    const body = child(call, 'arguments') ?? call
    return body === null || child(body, 'statements') === null ? [] : [{ type: 'getPolicyDocument', name: key.text, body, start: key.start, end: key.end }]
  })
  return resourcesTrusts([...resources, ...documents])
}

const MAX_UNREAD = 50

/** The variable that is given what stands at `index`. */
function nameBefore(text: string, index: number): string {
  return /\b(\w{1,64})(?:\s{0,4}:[^=\n]{0,40})?\s{0,8}=\s{0,8}(?:await\s{1,4})?$/.exec(text.slice(Math.max(0, index - 120), index))?.[1] ?? ''
}

function* statedIn(text: string, language: 'javascript' | 'python'): Generator<Stated> {
  const pattern = language === 'python' ? inPython : inJavascript
  pattern.lastIndex = 0
  let unread = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const type = match[1] ?? match[2]!
    const call = argumentsAt(text, match.index + match[0].length - 1, language)
    // What cannot be read may have been looked at to the end of the file.
    if (call === null && ++unread > MAX_UNREAD) return
    if (call === null) continue
    const { args, named } = call
    const body = language === 'python' ? (args[1]?.kind === 'map' ? args[1] : named) : args.find(({ kind }) => kind === 'map')
    if (body !== undefined) yield { type, name: textOf(args[0]?.kind === 'scalar' ? args[0] : child(named, 'resource_name')) ?? nameBefore(text, match.index), body, start: match.index, end: match.index + match[0].length }
    pattern.lastIndex = call.end
  }
}

function resourcesTrusts(stated: readonly Stated[]): readonly Trust[] {
  const only = (last: string, key: string): string | null => {
    const found = stated.filter(({ type }) => type.split(/[.:/]/).at(-1) === last)
    return found.length === 1 ? textOf(field(found[0]!.body, key)) : null
  }
  // Which of several is meant would have to be followed through variables.
  const issuerOf = (expression: string): string | null => (expression.startsWith('${') ? only('OpenIdConnectProvider', 'url') : null)
  const mounted = only('AuthBackend', 'oidc_discovery_url') ?? only('AuthBackend', 'bound_issuer')
  return stated.flatMap(({ type, name, body, start, end }): Trust[] => {
    const last = type.split(/[.:/]/).at(-1)!
    if (/^(?:getPolicyDocument|get_policy_document)/.test(last)) return [...policyDocumentTrusts(body, { entry: name, target: null, issuerOf })]
    if (last === 'Role') return roleTrusts(body, name, issuerOf)
    const terraform = terraformTypeOf(type, body)
    const trust = terraform === null ? null : resourceTrust(terraform, body, mounted)
    return trust === null ? [] : [{ ...trust, entry: name, target: trust.target ?? (name || null), start, end }]
  })
}

/** A role's policy: an object, a text, or a document that is made on the spot. */
function roleTrusts(body: Tree, entry: string, issuerOf: (expression: string) => string | null): Trust[] {
  const policy = field(body, 'assume_role_policy')
  if (policy === null) return []
  const context = { entry, target: textOf(child(body, 'name')) ?? (entry || null), issuerOf }
  if (field(policy, 'statements') !== null) return [...policyDocumentTrusts(policy, context)]
  return [...awsTrusts({ kind: 'map', entries: [{ key: { kind: 'scalar', text: 'policy', start: policy.start, end: policy.end, style: 'plain', tag: null }, value: policy }], start: policy.start, end: policy.end }, context)]
}

/** Federated credentials of Entra that a Bicep file states (Azure, "Bicep file structure and syntax"); those in loops are left. */
export function* bicepTrusts(text: string): Generator<Trust> {
  const language: Language = 'bicep'
  let unread = 0
  const pattern = /^[ \t]{0,64}resource[ \t]{1,8}(\w{1,128})[ \t]{1,8}'([^'\n]{1,200})'[ \t]{0,8}=[ \t]{0,8}(?:if[ \t]{0,8}\([^\n]{0,400}\)[ \t]{0,8})?(?=\{)/gm
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (!/federatedIdentityCredentials@/i.test(match[2]!)) continue
    const read = literalAt(text, match.index + match[0].length, language)
    if (read === null && ++unread > MAX_UNREAD) return
    if (read === null) continue
    const body = child(read.tree, 'properties') ?? read.tree
    yield { provider: 'azure', entry: match[1]!, issuer: textOf(child(body, 'issuer')), target: textOf(child(read.tree, 'name')), claims: azureClaims(body), condition: null, start: match.index, end: match.index + match[0].length }
    pattern.lastIndex = read.end
  }
}
