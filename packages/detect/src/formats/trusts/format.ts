import { parseHcl } from '../hcl.ts'
import type { Format } from '../input.ts'
import { awsDocumentTrusts, WEB_IDENTITY } from './aws.ts'
import { documentTrusts } from './documents.ts'
import { terraformTrusts } from './terraform.ts'
import { addTrusts, trustFormatId } from './trust.ts'

const inTerraform = [WEB_IDENTITY, 'identity_pool_provider', 'federated_identity_credential', '_auth_backend_role']
const inDocuments = [WEB_IDENTITY, 'issuerUri', 'AzureADTokenExchange', 'role_type']
const isTerraform = (extension: string): boolean => extension === 'tf' || extension === 'tofu' || extension === 'hcl'

/** Federated trust as it is written down: who may become a cloud's role, or log in at Vault, with a token of which issuer, asked for which claims. */
export const trustFormat: Format = {
  id: trustFormatId,
  matches: (input) => isTerraform(input.extension) ? inTerraform.some((text) => input.has(text)) : /^(?:json|ya?ml|template|tfstate)$/.test(input.extension) && inDocuments.some((text) => input.has(text)),
  extract: (input, into) => {
    if (isTerraform(input.extension)) {
      const { documents, limited } = parseHcl(input.text)
      if (limited) into.problem('input.limit', 'nested too deeply or too many values; only a part of the structure was read')
      for (const document of documents) addTrusts(into, terraformTrusts(document))
      return
    }
    addTrusts(into, input.yaml.flatMap((document) => [...input.has(WEB_IDENTITY) ? awsDocumentTrusts(document) : [], ...documentTrusts(document)]))
  },
}
