import { Verification, type VerificationOptions, verificationOptionsSchema } from '@muster/connectors'
import { isMusterError, MusterError, systemClock } from '@muster/core'
import type { VerificationConfig } from '../platform/config.ts'

/** What is wrong with the providers a scan asks for: only those the operator allowed may be asked. */
export function verifyErrors(verify: unknown, { providers }: VerificationConfig): { path: string; message: string }[] {
  if (!Array.isArray(verify)) return [{ path: 'options.verify', message: 'must be a list of providers' }]
  return verify.flatMap((name, i) => (providers.includes(name as string) ? [] : [{
    path: `options.verify.${i}`, message: `is no provider this server may ask; ${providers.length === 0 ? 'none is named in verification.providers of its configuration' : `those are ${providers.join(', ')}`}`,
  }]))
}

/** What a scan's thread may ask: the providers it named among those still allowed, where the operator said they are. */
export function verificationOptions(config: VerificationConfig, verify: unknown, forbidden: readonly string[]): VerificationOptions {
  const providers = config.providers.filter((name) => Array.isArray(verify) && verify.includes(name))
  const baseUrls = Object.fromEntries(Object.entries(config.baseUrls).filter(([name]) => providers.includes(name)))
  return verificationOptionsSchema.parse({ providers, baseUrls, egress: config.egress, forbidden })
}

/** @throws MusterError config.invalid for a provider nobody knows, a base URL or egress entry that is none. */
export function checkVerification(config: VerificationConfig): void {
  const stray = Object.keys(config.baseUrls).find((name) => !config.providers.includes(name))
  if (stray !== undefined) throw new MusterError('config.invalid', `verification.base_urls names ${stray}, which verification.providers does not`)
  try {
    new Verification(verificationOptions(config, config.providers, []), { clock: systemClock, signal: new AbortController().signal }).close()
  } catch (error) {
    if (!isMusterError(error, 'usage.invalid')) throw error
    throw new MusterError('config.invalid', `verification: ${error.message}`, {}, { cause: error })
  }
}
