import type { Collector, DraftFacts } from './found.ts'
import { type Format, isYaml } from './input.ts'
import { addSetting } from './settings.ts'
import { at, child, entriesOf, itemsOf, scalarAt, textAt, type Tree } from './tree.ts'

const id = 'gitlab-ci'

/** GitLab CI: literals in `variables`, secrets from Vault and other stores, and ID tokens with their audiences. */
export const gitlabCiFormat: Format = {
  id,
  matches: (input) => isYaml(input) && (/gitlab-ci/.test(input.name) || input.path.includes('.gitlab/')),
  extract: (input, into) => {
    for (const document of input.yaml) {
      addVariables(child(document, 'variables'), into, {})
      for (const { key, value } of entriesOf(document)) {
        if (key.text === 'variables') continue
        const facts = { job: key.text, environment: textAt(value, 'environment') ?? textAt(value, 'environment', 'name') }
        addVariables(child(value, 'variables'), into, facts)
        for (const service of itemsOf(child(value, 'services'))) addVariables(child(service, 'variables'), into, facts)
        for (const rule of itemsOf(child(value, 'rules'))) addVariables(child(rule, 'variables'), into, facts)
        addSecrets(child(value, 'secrets'), into, facts)
        for (const { key: name, value: token } of entriesOf(child(value, 'id_tokens'))) {
          const audience = scalarAt(token, 'aud') ?? (itemsOf(child(token, 'aud'))[0] ?? null)
          if (audience !== null && audience.kind === 'scalar') into.add(id, { secretType: 'federated-trust', value: audience.text, start: audience.start, end: audience.end, facts: { ...facts, name: name.text, audience: audience.text }, reference: { kind: 'oidc', name: name.text } })
        }
      }
    }
  },
}

function addVariables(tree: Tree | null, into: Collector, facts: DraftFacts): void {
  for (const { key, value } of entriesOf(tree)) {
    const scalar = value.kind === 'scalar' ? value : scalarAt(value, 'value')
    if (scalar !== null) addSetting(into, id, key.text, scalar, facts)
  }
}

function addSecrets(tree: Tree | null, into: Collector, facts: DraftFacts): void {
  for (const { key, value } of entriesOf(tree)) {
    for (const store of ['vault', 'azure_key_vault', 'gcp_secret_manager', 'aws_secrets_manager', 'akeyless'] as const) {
      const scalar = scalarAt(value, store) ?? scalarAt(value, store, 'path') ?? scalarAt(value, store, 'name') ?? scalarAt(value, store, 'secret_id') ?? scalarAt(at(value, store, 'engine'), 'path')
      if (scalar !== null) into.add(id, { secretType: 'ci-secret', value: scalar.text, start: scalar.start, end: scalar.end, facts: { ...facts, name: key.text, store }, reference: { kind: store, name: scalar.text } })
    }
  }
}
