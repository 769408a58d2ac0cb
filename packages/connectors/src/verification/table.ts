import { aiVerifiers } from './providers/ai.ts'
import { cloudVerifiers } from './providers/clouds.ts'
import { codeHostVerifiers } from './providers/code-hosts.ts'
import { serviceVerifiers } from './providers/services.ts'
import type { Verifier } from './verifier.ts'

/** Every question Muster can ask a provider about a credential. None is asked unless its provider was named. */
export const verifiers: readonly Verifier[] = [...codeHostVerifiers, ...cloudVerifiers, ...serviceVerifiers, ...aiVerifiers]

/** Names of the providers that can be enabled, sorted. */
export const verifiableProviders: readonly string[] = [...new Set(verifiers.map(({ provider }) => provider))].sort()
