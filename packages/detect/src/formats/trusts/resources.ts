import { child, type Entry, entriesOf, itemsOf, type Tree } from '../tree.ts'
import { azureClaims, vaultClaims } from './documents.ts'
import { field, textOf, textsOf, type Trust } from './trust.ts'

/** What a resource says besides its place; names of fields as Terraform has them, or in camel case. */
export type ResourceTrust = Omit<Trust, 'entry' | 'start' | 'end'>

/** Trust stated by a resource of Terraform's name; null for other resources. `issuer` is of the mount that a role of Vault belongs to. */
export function resourceTrust(type: string, body: Tree, issuer: string | null): ResourceTrust | null {
  switch (type) {
    case 'google_iam_workload_identity_pool_provider': {
      const oidc = field(body, 'oidc')
      const believed = textOf(field(oidc?.kind === 'list' ? itemsOf(oidc)[0] ?? null : oidc, 'issuer_uri'))
      return believed === null ? null : { provider: 'gcp', issuer: believed, target: textOf(field(body, 'workload_identity_pool_provider_id')), claims: [], condition: textOf(field(body, 'attribute_condition')) }
    }
    case 'azuread_application_federated_identity_credential': case 'azuread_application_flexible_federated_identity_credential': case 'azurerm_federated_identity_credential':
      return { provider: 'azure', issuer: textOf(child(body, 'issuer')), target: textOf(field(body, 'display_name') ?? child(body, 'name')), claims: azureClaims(body), condition: null }
    case 'vault_jwt_auth_backend_role':
      return textOf(field(body, 'role_type')) !== 'jwt' ? null : { provider: 'vault', issuer, target: textOf(field(body, 'role_name')), claims: vaultClaims(body), condition: null }
    case 'vault_kubernetes_auth_backend_role': {
      const claims = [['service_account', 'bound_service_account_names'], ['namespace', 'bound_service_account_namespaces']].map(([name, key]) => ({ name: name!, like: true, values: textsOf(field(body, key!)) }))
      return { provider: 'vault', issuer: null, target: textOf(field(body, 'role_name')), claims: claims.filter(({ values }) => values.length > 0), condition: null }
    }
    default: return null
  }
}

/** Classes and types of Pulumi by their last name, as Terraform names them. */
const pulumiTypes: Readonly<Record<string, string>> = {
  WorkloadIdentityPoolProvider: 'google_iam_workload_identity_pool_provider', ApplicationFederatedIdentityCredential: 'azuread_application_federated_identity_credential',
  ApplicationFlexibleFederatedIdentityCredential: 'azuread_application_flexible_federated_identity_credential', FederatedIdentityCredential: 'azurerm_federated_identity_credential',
}

/** The name Terraform has for a class or type of Pulumi: `aws.iam.Role`, `aws:iam/role:Role`; null for one that is no trust. */
export function terraformTypeOf(name: string, body: Tree): string | null {
  const last = name.split(/[.:/]/).at(-1)!
  if (last === 'AuthBackendRole') return field(body, 'role_type') === null ? 'vault_kubernetes_auth_backend_role' : 'vault_jwt_auth_backend_role'
  return pulumiTypes[last] ?? null
}

/** Entries of a mapping with that key, as blocks repeat, and the items of a list under its plural. */
export function blocksOf(tree: Tree, name: string): readonly { readonly start: number; readonly end: number; readonly value: Tree }[] {
  const repeated = entriesOf(tree).filter(({ key }: Entry) => key.text === name).map(({ key, value }) => ({ start: key.start, end: key.end, value }))
  return [...repeated.filter(({ value }) => value.kind !== 'list'), ...itemsOf(field(tree, `${name}s`) ?? field(tree, name)).map((value) => ({ start: value.start, end: value.start, value }))]
}
