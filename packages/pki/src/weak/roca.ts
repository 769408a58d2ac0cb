import { primesBelow } from './primes.ts'

/** Infineon's RSALib made primes of the form k·M + (65537^a mod M), M a product of small primes (CVE-2017-15361). */
const GENERATOR = 65_537
/** M of the smallest affected keys ends at 167, so these primes divide M for all sizes. */
const LARGEST_PRIME = 167

type Residues = { readonly prime: number; readonly allowed: ReadonlySet<number> }

/** Powers of the generator modulo each prime, where they are not all residues. */
function subgroups(): Residues[] {
  const found: Residues[] = []
  for (const prime of primesBelow(LARGEST_PRIME + 1)) {
    const allowed = new Set<number>()
    for (let power = 1 % prime; !allowed.has(power) && power !== 0; power = (power * GENERATOR) % prime) allowed.add(power)
    if (allowed.size < prime - 1) found.push({ prime, allowed })
  }
  return found
}

let table: { readonly residues: readonly Residues[]; readonly product: bigint } | null = null

/**
 * True when the modulus is a product of numbers of RSALib's form modulo every small prime that tells (Nemec et al., "The
 * Return of Coppersmith's Attack", CCS 2017, §2.3). Chance for an honest modulus: below 2^-26.
 */
export function isRoca(modulus: bigint): boolean {
  if (table === null) {
    const residues = subgroups()
    table = { residues, product: residues.reduce((product, { prime }) => product * BigInt(prime), 1n) }
  }
  const rest = modulus % table.product
  return table.residues.every(({ prime, allowed }) => allowed.has(Number(rest % BigInt(prime))))
}
