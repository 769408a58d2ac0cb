import { type Format, isYaml } from './input.ts'
import { addSettingsBelow } from './settings.ts'

const MAX_BYTES = 4_000_000

/** Helm values and everything else in YAML: settings whose key promises a secret; templates and Ansible vaults as references. */
export const yamlSettingsFormat: Format = {
  id: 'yaml',
  matches: (input) => isYaml(input) && input.bytes.length <= MAX_BYTES && !/(?:^|[/-])(?:pnpm-lock|openapi|swagger)\./.test(input.name),
  extract: (input, into) => {
    const format = /(?:^|[-_.])values[\w.-]*\.ya?ml$/.test(input.name) ? 'helm-values'
      : /^(?:application|bootstrap)[\w-]*\.ya?ml$/.test(input.name) ? 'spring'
        : /(?:^|\/)(?:group_vars|host_vars|vars|defaults|roles|playbooks|inventor(?:y|ies))\//.test(input.path) ? 'ansible' : 'yaml'
    for (const document of input.yaml) addSettingsBelow(into, format, document)
  },
}
