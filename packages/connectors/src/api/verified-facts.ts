import type { Secret } from '@muster/core'

/** Facts a verification adds to a secret that was found; empty when nothing was asked or nothing is known. */
export type VerifiedFacts = (found: { readonly kind: string; readonly secret: Secret; readonly facts: Readonly<Record<string, string>>; /** Without which a temporary key is nothing. */ readonly sessionToken?: Secret }) => Promise<Readonly<Record<string, string>>>

const verdictFacts: ReadonlySet<string> = new Set(['verified', 'verifiedAt', 'verifiedBy'])

/** What is known of a secret with what a verification adds: nothing known is overruled but an earlier verdict. */
export function mergedFacts(known: Readonly<Record<string, string>>, verified: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...verified, ...known, ...Object.fromEntries(Object.entries(verified).filter(([name]) => verdictFacts.has(name))) }
}
