import type { KeyFacts } from '@muster/core'
import { exponentWeakness, type ExponentWeakness } from './exponent.ts'
import { closePrimeOf } from './fermat.ts'
import { isRoca } from './roca.ts'
import { smallFactorOf } from './small-factors.ts'

/** Why a key is weak, by itself and without any list. */
export type WeakKeyReason = 'roca' | 'close-primes' | 'small-factor' | 'even-modulus' | ExponentWeakness

/** Every reason, in the order they are told. */
export const weakKeyReasons = [
  'even-modulus', 'small-factor', 'close-primes', 'roca', 'exponent-1', 'exponent-3', 'exponent-even', 'exponent-small', 'exponent-large',
] as const satisfies readonly WeakKeyReason[]

/** Hex digits of the largest modulus that is looked at: 16,384 bits. */
const MAX_MODULUS_DIGITS = 4096

function modulusWeaknesses(modulus: bigint): WeakKeyReason[] {
  if ((modulus & 1n) === 0n) return ['even-modulus']
  const reasons: WeakKeyReason[] = []
  if (smallFactorOf(modulus) !== 1n) reasons.push('small-factor')
  if (closePrimeOf(modulus) !== null) reasons.push('close-primes')
  if (isRoca(modulus)) reasons.push('roca')
  return reasons
}

/**
 * The checks that need nothing but the key: a millisecond or less for 2048 bits. Keys other than RSA have no reasons here;
 * sizes and curves are for the rules to judge.
 */
export function assessKey(facts: Pick<KeyFacts, 'algorithm' | 'rsaModulus' | 'rsaExponent'>): WeakKeyReason[] {
  if (facts.algorithm !== 'rsa' && facts.algorithm !== 'rsa-pss') return []
  const { rsaModulus, rsaExponent } = facts
  const readable = rsaModulus !== null && rsaModulus.length <= MAX_MODULUS_DIGITS && /^[0-9a-f]+$/.test(rsaModulus)
  const reasons = readable ? modulusWeaknesses(BigInt(`0x${rsaModulus}`)) : []
  // An exponent too long for the facts is left out of them.
  const exponent = rsaExponent !== null && /^\d{1,64}$/.test(rsaExponent) ? exponentWeakness(BigInt(rsaExponent)) : readable ? 'exponent-large' : null
  return exponent === null ? reasons : [...reasons, exponent]
}
