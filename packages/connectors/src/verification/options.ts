import { MusterError } from '@muster/core'
import { z } from 'zod'
import { verifiableProviders } from './table.ts'

/** What a scan may ask providers; `{}` asks nobody. See docs/verification.md. */
export const verificationOptionsSchema = z.strictObject({
  /** Providers that may be asked, by the names of the table. */
  providers: z.array(z.string().max(64)).max(200).default([]),
  /** A provider's API at another place: one's own installation. */
  baseUrls: z.record(z.string().max(64), z.string().max(2048)).default({}),
  /** Hosts and ranges that may be contacted besides the fixed hosts of the providers that were named; customers' own hosts (`*.okta.com`) belong here. */
  egress: z.array(z.string().min(1).max(300)).max(1000).default([]),
  caPem: z.string().max(1024 * 1024).nullable().default(null),
  /** Requests a second to one host. */
  ratePerSecond: z.number().min(0.01).max(100).default(1),
  /** Requests of one scan in all. */
  maxRequests: z.number().int().min(0).max(1_000_000).default(10_000),
  timeoutMs: z.number().int().min(100).max(120_000).default(15_000),
  forbidden: z.array(z.string().max(300)).max(1000).default([]),
})
export type VerificationOptions = z.output<typeof verificationOptionsSchema>

/** @throws MusterError usage.invalid for a provider nobody knows */
export function checkProviders(options: VerificationOptions): void {
  for (const name of [...options.providers, ...Object.keys(options.baseUrls)]) {
    if (!verifiableProviders.includes(name)) throw new MusterError('usage.invalid', `no such provider to verify with: ${JSON.stringify(name)}; known are ${verifiableProviders.join(', ')}`)
  }
}
