import { child, type Entry, entriesOf, type Tree } from '../tree.ts'
import { awsTrusts, policyDocumentTrusts } from './aws.ts'
import { azureClaims, vaultClaims } from './documents.ts'
import { textOf, textsOf, type Trust } from './trust.ts'

/** Trust stated in Terraform: roles of AWS and their policy documents, providers of Google's pools, Entra's federated credentials, Vault's roles. */
export function* terraformTrusts(document: Tree): Generator<Trust> {
  const blocks = entriesOf(document)
  for (const { key, value } of blocks) {
    const [kind, type, name] = key.text.split('.')
    if ((kind !== 'resource' && kind !== 'data') || type === undefined || name === undefined) continue
    const entry = kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`
    if (type === 'aws_iam_policy_document') yield* policyDocumentTrusts(value, { entry, target: roleWith(blocks, `${entry}.json`), issuerOf: issuersOf(blocks) })
    else if (type.startsWith('aws_')) yield* awsTrusts(value, { entry, target: textOf(child(value, 'name')), issuerOf: issuersOf(blocks) })
    else {
      const trust = otherTrust(type, value, blocks)
      if (trust !== null) yield { ...trust, entry, start: key.start, end: key.end }
    }
  }
}

function otherTrust(type: string, body: Tree, blocks: readonly Entry[]): Omit<Trust, 'entry' | 'start' | 'end'> | null {
  switch (type) {
    case 'google_iam_workload_identity_pool_provider': {
      const issuer = textOf(child(child(body, 'oidc'), 'issuer_uri'))
      return issuer === null ? null : { provider: 'gcp', issuer, target: textOf(child(body, 'workload_identity_pool_provider_id')), claims: [], condition: textOf(child(body, 'attribute_condition')) }
    }
    case 'azuread_application_federated_identity_credential': case 'azuread_application_flexible_federated_identity_credential': case 'azurerm_federated_identity_credential':
      return { provider: 'azure', issuer: textOf(child(body, 'issuer')), target: textOf(child(body, 'display_name') ?? child(body, 'name')), claims: azureClaims(body), condition: null }
    case 'vault_jwt_auth_backend_role':
      return textOf(child(body, 'role_type')) !== 'jwt' ? null : { provider: 'vault', issuer: vaultIssuer(textOf(child(body, 'backend')), blocks), target: textOf(child(body, 'role_name')), claims: vaultClaims(body), condition: null }
    case 'vault_kubernetes_auth_backend_role': {
      const claims = [['service_account', 'bound_service_account_names'], ['namespace', 'bound_service_account_namespaces']].map(([name, key]) => ({ name: name!, like: true, values: textsOf(child(body, key!)) }))
      return { provider: 'vault', issuer: null, target: textOf(child(body, 'role_name')), claims: claims.filter(({ values }) => values.length > 0), condition: null }
    }
    default: return null
  }
}

/** The role whose trust policy is `expression`; null where none or several of the file are. */
function roleWith(blocks: readonly Entry[], expression: string): string | null {
  const roles = blocks.filter(({ key, value }) => key.text.startsWith('resource.aws_iam_role.') && textOf(child(value, 'assume_role_policy')) === `\${${expression}}`)
  return roles.length === 1 ? textOf(child(roles[0]!.value, 'name')) : null
}

/** The URL of an identity provider of the file by an expression that begins with its address. */
function issuersOf(blocks: readonly Entry[]): (expression: string) => string | null {
  return (expression) => {
    const address = /^\$\{((?:data\.)?aws_iam_openid_connect_provider\.[\w-]+)/.exec(expression)?.[1]
    const block = address === undefined ? undefined : blocks.find(({ key }) => key.text === address || key.text === `resource.${address}`)
    return block === undefined ? null : textOf(child(block.value, 'url'))
  }
}

function vaultIssuer(backend: string | null, blocks: readonly Entry[]): string | null {
  const name = /^\$\{vault_jwt_auth_backend\.([\w-]+)/.exec(backend ?? '')?.[1]
  const found = blocks.filter(({ key, value }) => key.text.startsWith('resource.vault_jwt_auth_backend.') && (name === undefined ? backend !== null && textOf(child(value, 'path')) === backend : key.text.endsWith(`.${name}`)))
  const body = found[0]?.value ?? null
  return textOf(child(body, 'oidc_discovery_url')) ?? textOf(child(body, 'bound_issuer'))
}
