import { generatePrimeSync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchGcd, gcdAgainst } from './batch-gcd.ts'

const primes = Array.from({ length: 60 }, () => generatePrimeSync(128, { bigint: true }))
const smallPrimes = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n]

function plain(a: bigint, b: bigint): bigint {
  return b === 0n ? a : plain(b, a % b)
}

describe('batchGcd', () => {
  it('finds the planted pair, its prime, and nothing else', async () => {
    const moduli = Array.from({ length: 25 }, (_, i) => primes[2 * i]! * primes[2 * i + 1]!)
    moduli[7] = primes[50]! * primes[51]!
    moduli[20] = primes[50]! * primes[52]!
    expect(await batchGcd(moduli, { blockSize: 4 })).toEqual([{ index: 7, factor: primes[50] }, { index: 20, factor: primes[50] }])
  })

  it('the same key in three places shares nothing', async () => {
    const key = primes[0]! * primes[1]!
    expect(await batchGcd([key, primes[2]! * primes[3]!, key, key])).toEqual([])
  })

  it('the same key in two places that shares a prime with a third is told for both', async () => {
    const key = primes[0]! * primes[1]!
    expect((await batchGcd([key, primes[0]! * primes[2]!, key])).map((found) => found.index)).toEqual([0, 1, 2])
  })

  it('separates the primes of a key both of whose primes are shared', async () => {
    const [p, q, r, s] = primes as [bigint, bigint, bigint, bigint]
    const found = await batchGcd([p * q, p * r, q * s])
    expect(found.map((entry) => entry.index)).toEqual([0, 1, 2])
    expect([p, q]).toContain(found[0]!.factor)
    expect(found.slice(1).map((entry) => entry.factor)).toEqual([p, q])
  })

  it('has nothing to say about no key, one key, and numbers below 2', async () => {
    expect([await batchGcd([]), await batchGcd([15n]), await batchGcd([0n, 1n, 15n, -3n])]).toEqual([[], [], []])
  })

  it('names exactly the moduli that pairs of gcd name, whatever the blocks and groups', async () => {
    const modulus = fc.tuple(fc.constantFrom(...smallPrimes), fc.constantFrom(...smallPrimes)).map(([p, q]) => p * q)
    await fc.assert(fc.asyncProperty(fc.array(modulus, { maxLength: 24 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 64, 2 ** 20), async (moduli, blockSize, maxProductBits) => {
      const found = await batchGcd(moduli, { blockSize, maxProductBits })
      const expected = moduli.flatMap((n, index) => moduli.some((m) => m !== n && plain(n, m) !== 1n) ? [index] : [])
      expect(found.map((entry) => entry.index)).toEqual(expected)
      for (const { index, factor } of found) expect([factor > 1n, moduli[index]! % factor]).toEqual([true, 0n])
    }), { numRuns: 300 })
  })

  it('reports steps up to the announced number and stops when it is cancelled', async () => {
    const moduli = Array.from({ length: 20 }, (_, i) => primes[2 * i]! * primes[2 * i + 1]!)
    const seen: [number, number][] = []
    await batchGcd(moduli, { blockSize: 3, onProgress: (done, total) => seen.push([done, total]) })
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
    expect(seen.map(([done]) => done)).toEqual(seen.map((_, i) => i + 1))
    const controller = new AbortController()
    const cancelled = batchGcd(moduli, { blockSize: 3, signal: controller.signal, onProgress: () => controller.abort() })
    await expect(cancelled).rejects.toMatchObject({ code: 'operation.cancelled' })
  })
})

describe('gcdAgainst', () => {
  it('finds which known key a new one shares a prime with', async () => {
    const known = Array.from({ length: 20 }, (_, i) => primes[2 * i]! * primes[2 * i + 1]!)
    const batch = [primes[50]! * primes[51]!, known[4]!, primes[13]! * primes[52]!]
    expect(await gcdAgainst(batch, known, { blockSize: 3 })).toEqual([{ index: 2, factor: primes[13], known: [6] }])
  })

  it('a new key made of two known primes is told with both', async () => {
    const known = [primes[0]! * primes[1]!, primes[2]! * primes[3]!]
    const found = await gcdAgainst([primes[1]! * primes[2]!], known)
    expect(found).toEqual([{ index: 0, factor: primes[1], known: [0, 1] }])
  })

  it('nothing new or nothing known is nothing found', async () => {
    expect([await gcdAgainst([], [15n]), await gcdAgainst([15n], [])]).toEqual([[], []])
  })
})
