import type { Collector } from '../found.ts'
import { parseHcl } from '../hcl.ts'
import type { Format, FormatInput } from '../input.ts'
import { awsDocumentTrusts, WEB_IDENTITY } from './aws.ts'
import { documentTrusts } from './documents.ts'
import { bicepTrusts, programTrusts, pulumiYamlTrusts } from './programs.ts'
import { shellTrusts } from './shell.ts'
import { terraformTrusts } from './terraform.ts'
import { addTrusts, trustFormatId } from './trust.ts'

type Notation = 'terraform' | 'shell' | 'bicep' | 'javascript' | 'python' | 'document'

/** Texts of which a file must hold one. */
const marks: Readonly<Record<Notation, readonly string[]>> = {
  terraform: [WEB_IDENTITY, 'identity_pool_provider', 'federated_identity_credential', '_auth_backend_role'],
  shell: [WEB_IDENTITY, 'workload-identity-pools', 'federated-credential', 'auth/'],
  bicep: ['federatedIdentityCredentials'],
  javascript: [WEB_IDENTITY, 'WorkloadIdentityPoolProvider', 'FederatedIdentityCredential', 'AuthBackendRole'],
  python: [WEB_IDENTITY, 'WorkloadIdentityPoolProvider', 'FederatedIdentityCredential', 'AuthBackendRole'],
  document: [WEB_IDENTITY, 'issuerUri', 'AzureADTokenExchange', 'role_type', 'AuthBackendRole'],
}

const byExtension: Readonly<Record<string, Notation>> = {
  tf: 'terraform', tofu: 'terraform', hcl: 'terraform', sh: 'shell', bash: 'shell', zsh: 'shell', ksh: 'shell', mk: 'shell', bicep: 'bicep', ts: 'javascript', mts: 'javascript', cts: 'javascript', js: 'javascript', mjs: 'javascript', cjs: 'javascript',
  py: 'python', json: 'document', yaml: 'document', yml: 'document', template: 'document', tfstate: 'document',
}

/** By the file's name, or by the line that says who runs it. */
function notationOf({ extension, name, bytes, text }: FormatInput): Notation | null {
  if (extension !== '') return Object.hasOwn(byExtension, extension) ? byExtension[extension]! : null
  if (name === 'makefile') return 'shell'
  return bytes[0] === 0x23 && bytes[1] === 0x21 && /^#![^\n]{0,100}\b(?:ba|z|k|da)?sh\b/.test(text.slice(0, 128)) ? 'shell' : null
}

/** Federated trust as it is written down: who may become a cloud's role, or log in at Vault, with a token of which issuer, asked for which claims. */
export const trustFormat: Format = {
  id: trustFormatId,
  marks: [...new Set(Object.values(marks).flat())],
  matches: (input) => {
    const notation = notationOf(input)
    // Programs are many: those that are none of Pulumi's are passed over first.
    if (notation === null || ((notation === 'javascript' || notation === 'python') && !input.has('pulumi'))) return false
    return marks[notation].some((text) => input.has(text))
  },
  extract: (input, into) => {
    switch (notationOf(input)) {
      case 'terraform': return terraform(input, into)
      case 'shell': return addTrusts(into, shellTrusts(input.text))
      case 'bicep': return addTrusts(into, bicepTrusts(input.text))
      case 'javascript': return addTrusts(into, programTrusts(input.text, 'javascript'))
      case 'python': return addTrusts(into, programTrusts(input.text, 'python'))
      case 'document': return addTrusts(into, input.yaml.flatMap((document) => pulumiYamlTrusts(document) ?? [...input.has(WEB_IDENTITY) ? awsDocumentTrusts(document) : [], ...documentTrusts(document)]))
      case null: return
    }
  },
}

function terraform(input: FormatInput, into: Collector): void {
  const { documents, limited } = parseHcl(input.text)
  if (limited) into.problem('input.limit', 'nested too deeply or too many values; only a part of the structure was read')
  for (const document of documents) addTrusts(into, terraformTrusts(document))
}
