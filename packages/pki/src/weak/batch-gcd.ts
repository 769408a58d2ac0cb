import { MusterError } from '@muster/core'
import {
  bitLength, descend, fractionOf, gcd, join, productAndDerivative, productTree, remainders, type Fraction, type ProductAndDerivative,
} from './product-tree.ts'

/** A modulus that shares a prime with another one. */
export type SharedFactor = {
  /** Position in the list that was given. */
  readonly index: number
  /** A factor that another modulus of the list has too: a prime, or the whole modulus where its primes cannot be told apart. */
  readonly factor: bigint
}

export type BatchGcdOptions = {
  /** Steps done and in all; called after each. */
  readonly onProgress?: (done: number, total: number) => void
  /** Aborting ends the work after the current step. */
  readonly signal?: AbortSignal
  /** Moduli whose product tree is built at once; smaller saves memory and nothing else. */
  readonly blockSize?: number
  /** Largest product formed, in bits; longer lists are worked through in groups of this size. */
  readonly maxProductBits?: number
}

const DEFAULT_BLOCK_SIZE = 512
/** 131,072 moduli of 2048 bits. A fraction takes twice as many bits, and V8's BigInt ends at 2^30. */
const DEFAULT_MAX_PRODUCT_BITS = 2 ** 28

/** One step of work was done. */
type Steps<Result> = Generator<void, Result, void>

/** A run of moduli whose product is formed at once. */
type Group = { readonly from: number; readonly to: number; readonly bits: number }

/** A tree over blocks whose own trees are rebuilt when they are needed. */
type BlockTree = { readonly product: bigint; readonly bits: number } & (
  | { readonly from: number; readonly to: number } | { readonly left: BlockTree; readonly right: BlockTree }
)

type Built = { readonly tree: BlockTree; readonly derivative: bigint }

function* build(moduli: readonly bigint[], from: number, to: number, blockSize: number): Steps<Built> {
  if (to - from <= blockSize) {
    const { product, derivative } = productAndDerivative(moduli, from, to)
    yield
    return { tree: { product, bits: bitLength(product), from, to }, derivative }
  }
  const middle = (from + to) >>> 1
  const left = yield* build(moduli, from, middle, blockSize)
  const right = yield* build(moduli, middle, to, blockSize)
  const joined: ProductAndDerivative = join(
    { product: left.tree.product, derivative: left.derivative }, { product: right.tree.product, derivative: right.derivative },
  )
  yield
  return { tree: { product: joined.product, bits: bitLength(joined.product), left: left.tree, right: right.tree }, derivative: joined.derivative }
}

function* walk(moduli: readonly bigint[], tree: BlockTree, fraction: Fraction, visit: (leaf: number, remainder: bigint) => void): Steps<void> {
  if ('from' in tree) {
    remainders(productTree(moduli, tree.from, tree.to), fraction, visit)
    yield
    return
  }
  const left = descend(fraction, tree.right.product, tree.right.bits)
  yield
  yield* walk(moduli, tree.left, left, visit)
  const right = descend(fraction, tree.left.product, tree.left.bits)
  yield
  yield* walk(moduli, tree.right, right, visit)
}

function groupsOf(moduli: readonly bigint[], maxBits: number): Group[] {
  const groups: Group[] = []
  let [from, bits] = [0, 0]
  for (const [index, modulus] of moduli.entries()) {
    const size = bitLength(modulus)
    if (index > from && bits + size > maxBits) {
      groups.push({ from, to: index, bits })
      from = index
      bits = 0
    }
    bits += size
  }
  if (moduli.length > from) groups.push({ from, to: moduli.length, bits })
  return groups
}

/** The product of a range of moduli, modulo `modulus`. */
function* productModulo(moduli: readonly bigint[], group: Group, modulus: bigint, blockSize: number): Steps<bigint> {
  const { tree } = yield* build(moduli, group.from, group.to, blockSize)
  return tree.product % modulus
}

/** Calls `visit` with (product of all other moduli) mod n for each n: the whole search is in these remainders. */
function* others(moduli: readonly bigint[], blockSize: number, maxBits: number, visit: (leaf: number, remainder: bigint) => void): Steps<void> {
  const groups = groupsOf(moduli, maxBits)
  for (const group of groups) {
    const { tree, derivative } = yield* build(moduli, group.from, group.to, blockSize)
    let numerator = derivative
    for (const other of groups) {
      if (other === group) continue
      numerator = (numerator * (yield* productModulo(moduli, other, tree.product, blockSize))) % tree.product
    }
    const fraction = fractionOf(numerator, tree.product, tree.bits)
    yield
    yield* walk(moduli, tree, fraction, visit)
  }
}

/** Blocks of {@link build} under one node: what decides how many steps there are. */
function blocksIn(count: number, blockSize: number): number {
  return count <= blockSize ? 1 : blocksIn(count >>> 1, blockSize) + blocksIn(count - (count >>> 1), blockSize)
}

function stepsOf(groups: readonly Group[], blockSize: number): number {
  const blocks = groups.map((group) => blocksIn(group.to - group.from, blockSize))
  const building = blocks.reduce((sum, count) => sum + 2 * count - 1, 0)
  return blocks.reduce((sum, count) => sum + 1 + 3 * count - 2, building * Math.max(1, groups.length))
}

/**
 * Runs the steps, leaving the thread to others between them. A step on a hundred thousand moduli takes seconds: this belongs
 * in a worker thread.
 */
async function drive<Result>(steps: Steps<Result>, total: number, options: BatchGcdOptions): Promise<Result> {
  for (let done = 1; ; done++) {
    if (options.signal?.aborted === true) throw new MusterError('operation.cancelled', 'the search for shared primes was cancelled')
    const step = steps.next()
    if (step.done === true) return step.value
    options.onProgress?.(Math.min(done, total), total)
    await new Promise<void>((resolve) => { setImmediate(resolve) })
  }
}

/** Distinct moduli above 1, and where each was first given. */
function distinct(moduli: readonly bigint[]): { values: bigint[]; positions: number[][] } {
  const known = new Map<bigint, number[]>()
  for (const [index, modulus] of moduli.entries()) {
    if (modulus <= 1n) continue
    const positions = known.get(modulus)
    if (positions === undefined) known.set(modulus, [index])
    else positions.push(index)
  }
  return { values: [...known.keys()], positions: [...known.values()] }
}

/** Splits moduli of which every prime is shared, by comparing the affected ones in pairs. */
function separate(affected: Map<number, bigint>, values: readonly bigint[]): void {
  const indexes = [...affected.keys()]
  for (const [index, factor] of affected) {
    if (factor !== values[index]) continue
    for (const other of indexes) {
      const common: bigint = other === index ? 1n : gcd(values[index]!, values[other]!)
      if (common === 1n || common === values[index]) continue
      affected.set(index, common)
      break
    }
  }
}

/**
 * Finds every modulus that has a prime in common with another one of the list. Equal moduli count as one key: the same key in
 * two places shares nothing.
 *
 * Cost: one product tree with derivatives upwards, one division of the whole product, one multiplication a node downwards; no
 * squares and no divisions below the root. 100,000 moduli of 2048 bits take under five CPU minutes and 1 GiB (`bench/gcd.ts`);
 * memory is bounded by `maxProductBits`, beyond which time grows with the square of the number of groups. Single steps block
 * the thread for seconds: run it in a worker thread.
 * @throws MusterError operation.cancelled
 */
export async function batchGcd(moduli: readonly bigint[], options: BatchGcdOptions = {}): Promise<SharedFactor[]> {
  const { values, positions } = distinct(moduli)
  if (values.length < 2) return []
  const blockSize = Math.max(1, options.blockSize ?? DEFAULT_BLOCK_SIZE)
  const maxBits = options.maxProductBits ?? DEFAULT_MAX_PRODUCT_BITS
  const affected = new Map<number, bigint>()
  const visit = (leaf: number, remainder: bigint): void => {
    const factor = gcd(values[leaf]!, remainder)
    if (factor !== 1n) affected.set(leaf, factor)
  }
  const total = stepsOf(groupsOf(values, maxBits), blockSize)
  await drive(others(values, blockSize, maxBits, visit), total, options)
  separate(affected, values)
  return [...affected].flatMap(([leaf, factor]) => positions[leaf]!.map((index) => ({ index, factor }))).sort((a, b) => a.index - b.index)
}

/**
 * Finds the moduli of a new batch that have a prime in common with one already known (not with each other), and which those
 * are. Costs one product of the known ones, taken modulo the product of the batch as it grows.
 * @throws MusterError operation.cancelled
 */
export async function gcdAgainst(
  batch: readonly bigint[], known: readonly bigint[], options: BatchGcdOptions = {},
): Promise<(SharedFactor & { readonly known: readonly number[] })[]> {
  const fresh = distinct(batch)
  const knownValues = new Set(known)
  const old = [...knownValues].filter((modulus) => modulus > 1n)
  if (fresh.values.length === 0 || old.length === 0) return []
  const blockSize = Math.max(1, options.blockSize ?? DEFAULT_BLOCK_SIZE)
  const found: (SharedFactor & { known: number[] })[] = []
  const visit = (leaf: number, remainder: bigint): void => {
    const modulus = fresh.values[leaf]!
    const factor = gcd(modulus, remainder)
    // A key that is known already makes the remainder 0; that is no shared prime.
    if (factor === 1n || (factor === modulus && knownValues.has(modulus))) return
    const sharing = known.flatMap((value, index) => (value !== modulus && gcd(value, factor) !== 1n ? [index] : []))
    const first = sharing[0]
    const prime: bigint = factor === modulus && first !== undefined ? gcd(modulus, known[first]!) : factor
    for (const index of fresh.positions[leaf]!) found.push({ index, factor: prime, known: sharing })
  }
  const total = 2 * blocksIn(fresh.values.length, blockSize) + Math.ceil(old.length / blockSize)
  await drive(against(fresh.values, old, blockSize, visit), total, options)
  return found.sort((a, b) => a.index - b.index)
}

function* against(batch: readonly bigint[], known: readonly bigint[], blockSize: number, visit: (leaf: number, remainder: bigint) => void): Steps<void> {
  const { tree } = yield* build(batch, 0, batch.length, blockSize)
  let product = 1n
  for (let from = 0; from < known.length; from += blockSize) {
    const block = productAndDerivative(known, from, Math.min(known.length, from + blockSize)).product
    product = (product * (block % tree.product)) % tree.product
    yield
  }
  yield* walk(batch, tree, fractionOf(product, tree.product, tree.bits), visit)
}
