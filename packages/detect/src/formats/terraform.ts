import { awsKeyFacts } from './aws.ts'
import type { Collector } from './found.ts'
import type { Format } from './input.ts'
import { unescapeText } from './json.ts'
import { linesOf } from './pairs.ts'
import { addSetting, safeFact } from './settings.ts'
import { child, entriesOf, itemsOf, scalarAt, scalarsOf, textAt, type Tree } from './tree.ts'

/** Attributes of resources that are secrets although their name does not say so. */
const byResource: Readonly<Record<string, readonly string[]>> = {
  random_password: ['result', 'bcrypt_hash'], aws_iam_access_key: ['secret', 'ses_smtp_password_v4'], tls_private_key: ['private_key_pem', 'private_key_openssh', 'private_key_pem_pkcs8'],
  azurerm_storage_account: ['primary_access_key', 'secondary_access_key'], google_service_account_key: ['private_key'], aws_secretsmanager_secret_version: ['secret_string'],
  azurerm_key_vault_secret: ['value'], google_secret_manager_secret_version: ['secret_data'], aws_ssm_parameter: ['value'], vault_generic_secret: ['data_json'], kubernetes_secret: ['data'],
}

/** Terraform state: every resource's secret attributes and the sensitive outputs, in clear text as the state keeps them. */
export const terraformStateFormat: Format = {
  id: 'terraform-state',
  marks: ['"terraform_version"'],
  matches: (input) => (/\.tfstate(?:$|\.)/.test(input.name) || input.extension === 'json') && input.has('"terraform_version"'),
  extract: (input, into) => {
    const state = input.json
    for (const { key, value } of entriesOf(child(state, 'outputs'))) {
      const scalar = scalarAt(value, 'value')
      if (scalar === null) continue
      if (textAt(value, 'sensitive') === 'true') into.add('terraform-state', { secretType: 'secret', value: scalar.text, start: scalar.start, end: scalar.end, facts: { name: key.text, output: key.text } })
      else addSetting(into, 'terraform-state', key.text, scalar, { output: key.text })
    }
    for (const resource of itemsOf(child(state, 'resources'))) {
      for (const instance of itemsOf(child(resource, 'instances'))) addInstance(resource, instance, into)
    }
  },
}

function addInstance(resource: Tree, instance: Tree, into: Collector): void {
  const type = textAt(resource, 'type') ?? ''
  const attributes = child(instance, 'attributes')
  if (attributes === null) return
  const facts = {
    resource: `${type}.${textAt(resource, 'name') ?? ''}`, user: safeFact(textAt(attributes, 'username') ?? textAt(attributes, 'user')),
    host: safeFact(textAt(attributes, 'address') ?? textAt(attributes, 'endpoint') ?? textAt(attributes, 'host')), arn: textAt(attributes, 'arn'),
    ...(type === 'aws_iam_access_key' ? awsKeyFacts(textAt(attributes, 'id')) : {}),
  }
  const known = new Set(byResource[type] ?? [])
  for (const item of itemsOf(child(instance, 'sensitive_attributes'))) {
    for (const step of item.kind === 'list' ? item.items : [item]) if (textAt(step, 'type') === 'get_attr') known.add(textAt(step, 'value') ?? '')
  }
  for (const { path, scalar } of scalarsOf(attributes)) {
    const isKnown = known.has(path[0] ?? '')
    if (isKnown && scalar.text !== '' && scalar.text !== 'null') {
      into.add('terraform-state', { secretType: type === 'aws_iam_access_key' ? 'aws-secret-access-key' : scalar.text.includes('PRIVATE KEY-----') ? 'private-key' : 'secret', value: scalar.text, start: scalar.start, end: scalar.end, facts: { name: path.join('.'), ...facts } })
    } else addSetting(into, 'terraform-state', path.at(-1) ?? '', scalar, facts)
  }
}

/** Terraform variables and configuration: `name = "literal"`, and defaults of variables whose name promises a secret. */
export const terraformFormat: Format = {
  id: 'terraform',
  matches: (input) => /^(?:tf|tfvars|hcl|tofu|nomad)$/.test(input.extension) || input.name.endsWith('.auto.tfvars'),
  extract: (input, into) => {
    let blockName: string | null = null
    let resource: string | null = null
    for (const { line, start } of linesOf(input.text)) {
      if (line.length > 16_384) continue
      const block = /^\s{0,64}(variable|resource|provider|data|module)\s+"([^"]{1,128})"(?:\s+"([^"]{1,128})")?/.exec(line)
      if (block !== null) {
        blockName = block[1] === 'variable' ? block[2]! : null
        resource = block[1] === 'variable' ? null : [block[2], block[3]].filter((part) => part !== undefined).join('.')
      }
      const setting = /^[^=#"]{0,256}?"?([A-Za-z_][\w.-]{0,127})"?\s{0,64}[=:]\s{0,64}"((?:[^"\\]|\\.){0,8192})"/.exec(line)
      if (setting === null) continue
      const name = setting[1] === 'default' && blockName !== null ? blockName : setting[1]!
      const end = start + setting[0].length - 1
      addSetting(into, 'terraform', name, { text: unescapeText(setting[2]!), start: end - setting[2]!.length, end }, { resource })
    }
  },
}
