import { type VerificationOptions, verificationOptionsSchema } from '@muster/connectors'
import { MusterError } from '@muster/core'
import type { SecretsScanFlags } from './scan-options.ts'

/** Who is asked about what is found, null for nobody. @throws MusterError usage.invalid */
export function verificationOf({ verify, 'verify-url': urls, 'verify-egress': egress }: SecretsScanFlags): VerificationOptions | null {
  const providers = verify.flatMap((text) => text.split(',')).map((name) => name.trim()).filter((name) => name !== '')
  if (providers.length === 0 && urls.length + egress.length > 0) throw new MusterError('usage.invalid', '--verify-url and --verify-egress need --verify')
  if (providers.length === 0) return null
  const baseUrls = Object.fromEntries(urls.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new MusterError('usage.invalid', `--verify-url takes PROVIDER=URL, not ${JSON.stringify(text)}`)
    return [text.slice(0, at), text.slice(at + 1)]
  }))
  return verificationOptionsSchema.parse({ providers, baseUrls, egress })
}
