/** Bits of a positive number. Exact up to V8's largest BigInt; linear in the number, with a small factor. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16).length
  const top = Number(value >> BigInt(Math.max(0, digits * 4 - 32)))
  return value === 0n ? 0 : Math.max(0, digits * 4 - 32) + (32 - Math.clz32(top))
}

/** A product with its two factors, down to single moduli. */
export type ProductTree =
  | { readonly product: bigint; readonly bits: number; readonly left: ProductTree; readonly right: ProductTree }
  | { readonly product: bigint; readonly bits: number; readonly leaf: number }

/** A product P of moduli n₁ … nₖ and its derivative D = Σ P/nᵢ; D mod nᵢ = (P/nᵢ) mod nᵢ. */
export type ProductAndDerivative = { readonly product: bigint; readonly derivative: bigint }

/** Product and derivative of `moduli[from … to)`, which must not be empty. Nothing below the result is kept. */
export function productAndDerivative(moduli: readonly bigint[], from: number, to: number): ProductAndDerivative {
  if (to - from === 1) return { product: moduli[from]!, derivative: 1n }
  const middle = (from + to) >>> 1
  return join(productAndDerivative(moduli, from, middle), productAndDerivative(moduli, middle, to))
}

/** The product rule: (PQ)′ = P′Q + PQ′. */
export function join(a: ProductAndDerivative, b: ProductAndDerivative): ProductAndDerivative {
  return { product: a.product * b.product, derivative: a.derivative * b.product + b.derivative * a.product }
}

/** The product tree of `moduli[from … to)`; leaves carry the index into `moduli`. */
export function productTree(moduli: readonly bigint[], from: number, to: number): ProductTree {
  if (to - from === 1) return { product: moduli[from]!, bits: bitLength(moduli[from]!), leaf: from }
  const middle = (from + to) >>> 1
  const left = productTree(moduli, from, middle)
  const right = productTree(moduli, middle, to)
  const product = left.product * right.product
  return { product, bits: bitLength(product), left, right }
}

/**
 * A number Z as the fraction of Z/P: `value` / 2^`bits` ≈ frac(Z/P). For a factor Q of P, frac(Z/Q) = frac(frac(Z/P) · P/Q), so
 * going down a product tree takes one multiplication by the sibling a node and no division (Bernstein, "Scaled remainder
 * trees", 2004).
 */
export type Fraction = { readonly value: bigint; readonly bits: number }

/**
 * Bits kept beyond the size of P. Each level of the tree costs at most one unit in the last place and one bit of length, so
 * 64 leave an error below 2^-30 for trees of 2^20 leaves.
 */
const GUARD_BITS = 64

/** frac(Z/P) to as many bits as the leaves below P need. */
export function fractionOf(numerator: bigint, product: bigint, productBits: number): Fraction {
  const bits = productBits + GUARD_BITS
  return { value: BigInt.asUintN(bits, (numerator << BigInt(bits)) / product), bits }
}

/** From frac(Z/P) to frac(Z/Q), where `sibling` = P/Q has `siblingBits` bits. */
export function descend(fraction: Fraction, sibling: bigint, siblingBits: number): Fraction {
  const bits = fraction.bits - siblingBits
  return { value: BigInt.asUintN(bits, (fraction.value * sibling) >> BigInt(siblingBits)), bits }
}

/** Z mod n from frac(Z/n): the nearest whole number to frac(Z/n) · n. */
export function remainderOf(fraction: Fraction, modulus: bigint): bigint {
  const half = 1n << BigInt(fraction.bits - 1)
  return ((fraction.value * modulus + half) >> BigInt(fraction.bits)) % modulus
}

/** Calls `visit` with Z mod n for every leaf n below `tree`. */
export function remainders(tree: ProductTree, fraction: Fraction, visit: (leaf: number, remainder: bigint) => void): void {
  if ('leaf' in tree) {
    visit(tree.leaf, remainderOf(fraction, tree.product))
    return
  }
  remainders(tree.left, descend(fraction, tree.right.product, tree.right.bits), visit)
  remainders(tree.right, descend(fraction, tree.left.product, tree.left.bits), visit)
}

/** Leading bits a Lehmer step looks at; everything it computes then stays exact in a double. */
const LEHMER_BITS = 50

/**
 * The cofactors of as many Euclidean steps as the leading bits x ≥ y of two numbers decide (Knuth, TAOCP 4.5.2, algorithm L).
 */
function lehmerStep(leadingX: number, leadingY: number): readonly [number, number, number, number] {
  let [x, y, a, b, c, d] = [leadingX, leadingY, 1, 0, 0, 1]
  while (y + c !== 0 && y + d !== 0) {
    const quotient = Math.floor((x + a) / (y + c))
    if (quotient !== Math.floor((x + b) / (y + d))) break
    ;[x, y] = [y, x - quotient * y]
    ;[a, c] = [c, a - quotient * c]
    ;[b, d] = [d, b - quotient * d]
  }
  return [a, b, c, d]
}

/** Greatest common divisor by Lehmer's method, ten times faster than one division a step at 2048 bits; a and b ≥ 0. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = a < b ? [b, a] : [a, b]
  while (y >> 64n !== 0n) {
    const shift = BigInt(x.toString(16).length * 4 - LEHMER_BITS)
    const [p, q, r, s] = lehmerStep(Number(x >> shift), Number(y >> shift))
    if (q === 0) [x, y] = [y, x % y]
    else [x, y] = [BigInt(p) * x + BigInt(q) * y, BigInt(r) * x + BigInt(s) * y]
  }
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
