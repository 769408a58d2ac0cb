import { child, entriesOf, mappingsOf, type Tree } from '../tree.ts'
import { type Claim, field, textOf, textsOf, type Trust } from './trust.ts'

/** Trust stated in JSON or YAML beside AWS: Google Cloud's pool providers, Entra's federated credentials, roles of Vault's JWT method. */
export function* documentTrusts(tree: Tree): Generator<Trust> {
  const seen = new Set<Tree>()
  for (const map of mappingsOf(tree)) {
    const entry = textOf(child(map, 'name')) ?? textOf(child(child(map, 'metadata'), 'name')) ?? ''
    const place = { start: map.start, end: map.start }
    // An object's specification, or an object that is one itself.
    const spec = child(map, 'spec') ?? child(map, 'properties') ?? map
    if (seen.has(spec)) continue
    seen.add(spec)
    const googleIssuer = textOf(child(child(spec, 'oidc'), 'issuerUri'))
    if (googleIssuer !== null && child(spec, 'attributeMapping') !== null) {
      yield { provider: 'gcp', entry, issuer: googleIssuer, target: entry || null, claims: [], condition: textOf(child(spec, 'attributeCondition')), ...place }
    }
    if (child(spec, 'issuer') !== null && textsOf(child(spec, 'audiences')).some((each) => each.startsWith('api://AzureADTokenExchange'))) {
      yield { provider: 'azure', entry, issuer: armText(textOf(child(spec, 'issuer'))), target: armText(entry || null), claims: azureClaims(spec).map((claim) => ({ ...claim, values: claim.values.map((each) => armText(each)!) })), condition: null, ...place }
    }
    if (textOf(child(map, 'role_type')) === 'jwt' && child(map, 'user_claim') !== null) yield { provider: 'vault', entry, issuer: null, target: entry || null, claims: vaultClaims(map), condition: null, ...place }
  }
}

/** An expression of an ARM template (`[parameters('x')]`) is worked out when it is deployed. */
function armText(text: string | null): string | null {
  return text !== null && /^\[(?!\[).{0,4000}\]$/s.test(text) ? `\${${text.slice(1, -1).replaceAll(/[{}]/g, '')}}` : text
}

/** Entra compares a subject byte for byte, and what a flexible credential says by its expression (Microsoft Entra, "Flexible federated identity credentials"). */
export function azureClaims(properties: Tree): readonly Claim[] {
  const subject = textsOf(child(properties, 'subject'))
  const expression = field(properties, 'claims_matching_expression')
  const text = textOf(expression?.kind === 'map' ? child(expression, 'value') : expression) ?? ''
  const compared = text.slice(0, 4096).matchAll(/claims\[['"](\w{1,64})['"]\]\s{1,8}(eq|matches)\s{1,8}'([^']{0,512})'/g)
  return [
    ...subject.length === 0 ? [] : [{ name: 'sub', like: false, values: subject }],
    ...Array.from(compared, ([, name, operator, value]): Claim => ({ name: name!, like: operator === 'matches', values: [value!] })),
    ...text.startsWith('${') ? [{ name: 'sub', like: false, values: [text] }] : [],
  ]
}

/** What a role of Vault's JWT method binds (Vault, "JWT/OIDC auth method (API)"): names and values compared as they are, or as globs. */
export function vaultClaims(role: Tree): readonly Claim[] {
  const like = textOf(field(role, 'bound_claims_type')) === 'glob'
  const subject = textsOf(field(role, 'bound_subject')).filter((each) => each !== '')
  const bound = field(role, 'bound_claims')
  return [
    ...subject.length === 0 ? [] : [{ name: 'sub', like: false, values: subject }],
    ...bound?.kind === 'scalar' ? [{ name: 'sub', like: false, values: textsOf(bound) }] : [],
    ...entriesOf(bound).map(({ key, value }): Claim => ({ name: key.text.replace(/^\/+/, ''), like, values: textsOf(value).flatMap((each) => each.split(',')) })),
  ]
}
