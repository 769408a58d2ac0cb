import { parseHcl } from '../hcl.ts'
import type { Format, FormatInput } from '../input.ts'
import { awsDocumentTrusts, WEB_IDENTITY } from './aws.ts'
import { documentTrusts } from './documents.ts'
import { shellTrusts } from './shell.ts'
import { terraformTrusts } from './terraform.ts'
import { addTrusts, trustFormatId } from './trust.ts'

const inTerraform = [WEB_IDENTITY, 'identity_pool_provider', 'federated_identity_credential', '_auth_backend_role']
const inDocuments = [WEB_IDENTITY, 'issuerUri', 'AzureADTokenExchange', 'role_type']
const isTerraform = (extension: string): boolean => extension === 'tf' || extension === 'tofu' || extension === 'hcl'

const inShell = [WEB_IDENTITY, 'workload-identity-pools', 'federated-credential', 'auth/']

/** By its name, or by the line that says who runs it. */
function isShell({ extension, name, bytes, text }: FormatInput): boolean {
  if (/^(?:sh|bash|zsh|ksh|mk)$/.test(extension) || name === 'makefile') return true
  return extension === '' && bytes[0] === 0x23 && bytes[1] === 0x21 && /^#![^\n]{0,100}\b(?:ba|z|k|da)?sh\b/.test(text.slice(0, 128))
}

/** Federated trust as it is written down: who may become a cloud's role, or log in at Vault, with a token of which issuer, asked for which claims. */
export const trustFormat: Format = {
  id: trustFormatId,
  matches: (input) => isShell(input) ? inShell.some((text) => input.has(text)) : isTerraform(input.extension) ? inTerraform.some((text) => input.has(text)) : /^(?:json|ya?ml|template|tfstate)$/.test(input.extension) && inDocuments.some((text) => input.has(text)),
  extract: (input, into) => {
    if (isShell(input)) return addTrusts(into, shellTrusts(input.text))
    if (isTerraform(input.extension)) {
      const { documents, limited } = parseHcl(input.text)
      if (limited) into.problem('input.limit', 'nested too deeply or too many values; only a part of the structure was read')
      for (const document of documents) addTrusts(into, terraformTrusts(document))
      return
    }
    addTrusts(into, input.yaml.flatMap((document) => [...input.has(WEB_IDENTITY) ? awsDocumentTrusts(document) : [], ...documentTrusts(document)]))
  },
}
