import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitLength, fractionOf, gcd, productAndDerivative, productTree, remainders } from './product-tree.ts'

const positive = (bits: number) => fc.bigInt({ min: 1n, max: (1n << BigInt(bits)) - 1n })

function euclid(a: bigint, b: bigint): bigint {
  return b === 0n ? a : euclid(b, a % b)
}

describe('gcd', () => {
  it('is what Euclid finds, also with a large common factor', () => {
    fc.assert(fc.property(positive(700), positive(700), positive(300), (a, b, common) => {
      expect(gcd(a * common, b * common)).toBe(euclid(a * common, b * common))
    }), { numRuns: 300 })
  })

  it('of numbers that differ much in size, or not at all', () => {
    fc.assert(fc.property(positive(2000), positive(90), (a, b) => { expect(gcd(a, b)).toBe(euclid(a, b)) }))
    fc.assert(fc.property(positive(300), (a) => { expect([gcd(a, a), gcd(a, 0n), gcd(0n, a), gcd(a, a + 1n)]).toEqual([a, a, a, 1n]) }))
  })

  it('of neighbouring Fibonacci numbers, where every quotient is one', () => {
    let [a, b] = [1n, 1n]
    for (let i = 0; i < 3000; i++) [a, b] = [b, a + b]
    expect(gcd(a, b)).toBe(1n)
    expect(gcd(a * 12_345n, b * 12_345n)).toBe(12_345n)
  })
})

it('bitLength counts as the binary text does', () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 1n << 200n }), (value) => {
    expect(bitLength(value)).toBe(value === 0n ? 0 : value.toString(2).length)
  }))
})

it('a remainder tree gives (P/n) mod n for every n', () => {
  fc.assert(fc.property(fc.array(fc.bigInt({ min: 2n, max: 1n << 130n }), { minLength: 1, maxLength: 20 }), (moduli) => {
    const { product, derivative } = productAndDerivative(moduli, 0, moduli.length)
    const tree = productTree(moduli, 0, moduli.length)
    const found: bigint[] = []
    remainders(tree, fractionOf(derivative, product, tree.bits), (leaf, remainder) => { found[leaf] = remainder })
    expect(tree.product).toBe(product)
    expect(found).toEqual(moduli.map((modulus) => (product / modulus) % modulus))
  }), { numRuns: 200 })
})
