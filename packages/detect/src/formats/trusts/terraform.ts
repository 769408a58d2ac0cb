import { child, type Entry, entriesOf, type Tree } from '../tree.ts'
import { awsTrusts, policyDocumentTrusts } from './aws.ts'
import { resourceTrust } from './resources.ts'
import { textOf, type Trust } from './trust.ts'

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
      const trust = resourceTrust(type, value, vaultIssuer(textOf(child(value, 'backend')), blocks))
      if (trust !== null) yield { ...trust, entry, start: key.start, end: key.end }
    }
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
