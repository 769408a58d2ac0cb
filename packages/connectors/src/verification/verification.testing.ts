import { manualClock, Secret } from '@muster/core'
import { Verification, type VerificationParts, verificationOptionsSchema } from './index.ts'

/** A verification that may ask the fakes named, without pauses between requests. */
export function verificationOf(options: Record<string, unknown>, parts: Partial<VerificationParts> = {}): Verification {
  return new Verification(verificationOptionsSchema.parse({ ratePerSecond: 100, timeoutMs: 2000, ...options }), { clock: manualClock('2026-11-27T10:00:00Z'), signal: new AbortController().signal, ...parts })
}

export const found = (kind: string, value: string, facts: Record<string, string> = {}) => ({ kind, secret: Secret.fromText(value), facts })
