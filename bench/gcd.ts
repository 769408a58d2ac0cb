/**
 * Shared primes among many RSA-2048 moduli: our batch GCD beside the textbook one (product tree, then remainders modulo the squares,
 * Bernstein 2004) on the same moduli in the same run, by CPU time.
 *
 * The moduli are synthetic: products of two random odd 1024-bit numbers, because making 200,000 real primes takes hours and
 * the arithmetic does not notice. Pairs with a common factor are planted; both must find every one of them. Such numbers share
 * small primes by chance too: both must name exactly the same moduli.
 *
 * `node bench/gcd.ts [count] [--full]`: the comparison at `count` moduli (5000), and with `--full` 100,000 moduli measured.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { batchGcd } from '../packages/pki/src/weak/index.ts'
import { gcd } from '../packages/pki/src/weak/product-tree.ts'

const PLANTED_PAIRS = 5
const FACTOR_BITS = 1024
const FULL_COUNT = 100_000

/** A random odd number of 1024 bits with its two top bits set, as RSA primes have them. */
function primeLike(): bigint {
  const bytes = randomBytes(FACTOR_BITS / 8)
  bytes[0]! |= 0xc0
  bytes[bytes.length - 1]! |= 1
  return BigInt(`0x${bytes.toString('hex')}`)
}

function synthetic(count: number): { moduli: bigint[]; planted: number[] } {
  const moduli = Array.from({ length: count }, () => primeLike() * primeLike())
  const planted: number[] = []
  for (let pair = 0; pair < PLANTED_PAIRS; pair++) {
    const shared = primeLike()
    const places = [pair * 7 + 1, count - 1 - pair * 11]
    for (const place of places) moduli[place] = shared * primeLike()
    planted.push(...places)
  }
  return { moduli, planted: planted.sort((a, b) => a - b) }
}

/** Product tree by levels, then P mod n² from the root down. */
function textbook(moduli: readonly bigint[]): number[] {
  const levels: bigint[][] = [[...moduli]]
  for (let level = levels[0]!; level.length > 1; levels.push(level)) {
    const below = level
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => below[2 * i]! * (below[2 * i + 1] ?? 1n))
  }
  let remainders = levels.pop()!
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    const above = remainders
    remainders = level.map((product, i) => above[i >> 1]! % (product * product))
  }
  return moduli.flatMap((modulus, i) => gcd(remainders[i]! / modulus, modulus) === 1n ? [] : [i])
}

async function cpuSeconds(work: () => Promise<number[]> | number[]): Promise<{ seconds: number; wall: number; found: number[] }> {
  const before = process.cpuUsage()
  const start = performance.now()
  const found = await work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (user + system) / 1e6, wall: (performance.now() - start) / 1e3, found }
}

const ours = async (moduli: readonly bigint[]): Promise<number[]> => (await batchGcd(moduli)).map((found) => found.index)
const missing = (planted: readonly number[], found: readonly number[]): number => planted.filter((index) => !found.includes(index)).length

export type GcdResult = {
  readonly bench: 'gcd'
  readonly moduli: number
  readonly musterCpuSeconds: number
  readonly textbookCpuSeconds: number
  readonly ratioToTextbook: number
  /** 100,000 moduli: measured with `--full`, else from n · log² n. */
  readonly hundredThousandCpuSeconds: number
  readonly hundredThousand: 'measured' | 'extrapolated'
  /** Wall time and peak resident memory of the full run; null without it. */
  readonly fullSeconds: number | null
  readonly fullPeakMiB: number | null
  readonly node: string
}

const round = (value: number, digits = 0): number => Number(value.toFixed(digits))

export async function run(count = 5000, measureFull = false): Promise<GcdResult> {
  const { moduli, planted } = synthetic(count)
  const mine = await cpuSeconds(() => ours(moduli))
  const theirs = await cpuSeconds(() => textbook(moduli))
  if (missing(planted, mine.found) > 0 || mine.found.join() !== theirs.found.join()) throw new Error('the two disagree')
  const compared = {
    bench: 'gcd' as const, moduli: count, musterCpuSeconds: round(mine.seconds, 1), textbookCpuSeconds: round(theirs.seconds, 1),
    ratioToTextbook: round(theirs.seconds / mine.seconds, 2), node: process.version,
  }
  if (!measureFull) {
    const growth = (FULL_COUNT / count) * (Math.log2(FULL_COUNT) / Math.log2(count)) ** 2
    return { ...compared, hundredThousandCpuSeconds: round(mine.seconds * growth), hundredThousand: 'extrapolated', fullSeconds: null, fullPeakMiB: null }
  }
  const full = synthetic(FULL_COUNT)
  const measured = await cpuSeconds(() => ours(full.moduli))
  if (missing(full.planted, measured.found) > 0) throw new Error('a planted pair was not found')
  return {
    ...compared, hundredThousandCpuSeconds: round(measured.seconds), hundredThousand: 'measured', fullSeconds: round(measured.wall),
    fullPeakMiB: round(process.resourceUsage().maxRSS / 1024),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2)
  console.log(JSON.stringify(await run(Number(args.find((arg) => /^\d+$/.test(arg)) ?? 5000), args.includes('--full'))))
}
