import { createHash, createPublicKey, generateKeyPairSync, generatePrimeSync, randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { factsOf, materialOfSpki } from '../ssh/index.ts'
import { PeerDirectory } from '../ssh/peer.testing.ts'
import { assessKey, weakKeyReasons } from './assess.ts'
import { importBlocklist, isBlocklisted, KeyBlocklist } from './blocklist.ts'
import { exponentWeakness } from './exponent.ts'
import { closePrimeOf, integerSquareRoot } from './fermat.ts'
import { primesBelow } from './primes.ts'
import { isRoca } from './roca.ts'
import { smallFactorOf } from './small-factors.ts'

const facts = (modulus: bigint, exponent = 65_537n) => ({ algorithm: 'rsa' as const, rsaModulus: modulus.toString(16), rsaExponent: exponent.toString() })
const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true })
const isPrime = (n: number): boolean => n > 1 && primesBelow(n + 1).at(-1) === n

const modPow = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square, rest] = [1n, base, exponent]
  for (; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** The next number that passes Fermat's test to base 2. */
const next = (from: bigint): bigint => {
  let candidate = from + 2n
  while (modPow(2n, candidate - 1n, candidate) !== 1n) candidate += 2n
  return candidate
}

describe('ROCA', () => {
  // M of 512-bit keys: the product of the first 39 primes; residues are powers of 65537 whatever k is.
  const product = primesBelow(168).reduce((all, p) => all * BigInt(p), 1n)
  const shaped = (): bigint => {
    let residue = 1n
    for (let i = randomInt(1, 5000); i > 0; i--) residue = (residue * 65_537n) % product
    return BigInt(randomInt(2 ** 40)) * product + residue
  }

  it('a modulus of the vulnerable shape is told', () => {
    for (let i = 0; i < 20; i++) expect(isRoca(shaped() * shaped())).toBe(true)
  })

  it('honest moduli are not', () => {
    for (let i = 0; i < 200; i++) expect(isRoca(prime(128) * prime(128))).toBe(false)
  })

  it('one honest prime beside one of the shape is not the shape', () => {
    expect(isRoca(shaped() * prime(256))).toBe(false)
  })
})

describe('Fermat', () => {
  const p = prime(512)

  it('neighbouring primes fall, equal ones too, distant ones do not', () => {
    const q = next(p)
    expect(closePrimeOf(p * q)).toBe(p)
    expect(closePrimeOf(p * p)).toBe(p)
    expect(closePrimeOf(p * prime(512))).toBeNull()
  })

  it('the number of rounds is the number of differences tried', () => {
    // (m − d)(m + d) is found in the first round when d² < 2m, one round later for every further 2m.
    const [middle, half] = [10_001n, 450n]
    const modulus = (middle - half) * (middle + half)
    const needed = Number(middle - integerSquareRoot(modulus))
    expect([needed - 1, needed, needed + 1].map((rounds) => closePrimeOf(modulus, rounds))).toEqual([null, middle - half, middle - half])
  })

  it('the integer square root is exact', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), (value) => {
      const root = integerSquareRoot(value)
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
    }))
    for (const root of [1n, 2n, 3n, 1n << 64n, (1n << 512n) - 1n]) {
      expect([root * root - 1n, root * root, root * root + 1n].map(integerSquareRoot)).toEqual([root - 1n, root, root])
    }
  })
})

describe('small factors and exponents', () => {
  it('the largest prime below the limit is found, the next one is not', () => {
    const honest = prime(256) * prime(256)
    expect([honest, honest * 9973n, honest * 10_007n, honest * 3n].map(smallFactorOf)).toEqual([1n, 9973n, 1n, 3n])
  })

  it.each([
    [1n, 'exponent-1'], [2n, 'exponent-even'], [3n, 'exponent-3'], [5n, 'exponent-small'], [65_535n, 'exponent-small'], [65_536n, 'exponent-even'],
    [65_537n, null], [65_539n, null], [2n ** 64n - 1n, null], [2n ** 64n + 1n, 'exponent-large'],
  ])('exponent %s', (exponent, weakness) => {
    expect(exponentWeakness(exponent)).toBe(weakness)
  })
})

describe('assessKey', () => {
  it('finds nothing wrong with keys OpenSSL makes', () => {
    for (const bits of [1024, 2048]) {
      const spki = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ type: 'spki', format: 'der' })
      expect(assessKey(factsOf(materialOfSpki(spki)))).toEqual([])
    }
    expect(assessKey({ algorithm: 'ed25519', rsaModulus: null, rsaExponent: null })).toEqual([])
  })

  it('tells every reason at once', () => {
    const p = prime(256)
    expect(assessKey(facts(p * p * 2n, 3n))).toEqual(['even-modulus', 'exponent-3'])
    expect(assessKey(facts(p * p, 1n))).toEqual(['close-primes', 'exponent-1'])
    expect(assessKey(facts(p * prime(256) * 7n))).toEqual(['small-factor'])
    expect(assessKey({ ...facts(p * prime(256)), rsaExponent: null })).toEqual(['exponent-large'])
  })

  it('answers any facts with known reasons', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{1,80}$/)))
    fc.assert(fc.property(text, text, (rsaModulus, rsaExponent) => {
      for (const reason of assessKey({ algorithm: 'rsa', rsaModulus, rsaExponent })) expect(weakKeyReasons).toContain(reason)
    }))
  })
})

describe('lists of weak keys', () => {
  const peer = new PeerDirectory()
  afterAll(() => peer.remove())
  const listed = { spkiSha256: '', key: { rsaModulus: null as string | null, rsaExponent: null as string | null } }
  beforeAll(() => {
    peer.sshKey('id', 'rsa', { bits: 2048 })
    peer.write('spki.pem', peer.run('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', 'id.pub']))
    const spki = createPublicKey(peer.text('spki.pem')).export({ type: 'spki', format: 'der' })
    listed.key = factsOf(materialOfSpki(spki))
    listed.spkiSha256 = createHash('sha256').update(spki).digest('hex')
  })
  const other = '0123456789abcdef0123'

  it("Debian's openssl-blacklist: the tail of SHA-1 over what openssl prints", () => {
    const digest = peer.run('sh', ['-c', 'openssl rsa -pubin -in spki.pem -noout -modulus | sha1sum']).slice(20, 40)
    expect(isBlocklisted(listed, [importBlocklist(`# Debian\n${other}\n${digest}\n`, 'openssl-blacklist')])).toBe(true)
    expect(isBlocklisted(listed, [importBlocklist(`${other}\n`, 'openssl-blacklist')])).toBe(false)
  })

  it("Debian's openssh-blacklist: the tail of the MD5 fingerprint", () => {
    const md5 = peer.run('ssh-keygen', ['-l', '-E', 'md5', '-f', 'id.pub']).split(' ')[1]!.slice(4).replaceAll(':', '')
    expect(isBlocklisted(listed, [importBlocklist(`${md5.slice(12)}\n${other}\n`, 'openssh-blacklist')])).toBe(true)
    expect(isBlocklisted(listed, [importBlocklist(`${other}\n`, 'openssh-blacklist')])).toBe(false)
  })

  it('SPKI digests, whole or cut', () => {
    for (const digits of [16, 30, 64]) {
      const list = importBlocklist(`${listed.spkiSha256.slice(0, digits)}\n${'f'.repeat(digits)}`, 'spki-sha256')
      expect([isBlocklisted(listed, [list]), isBlocklisted({ ...listed, spkiSha256: '00'.repeat(32) }, [list])]).toEqual([true, false])
    }
  })

  it('every digest imported is found, also after writing and reading, and no other', () => {
    const digest = fc.stringMatching(/^[0-9a-f]{16}$/)
    fc.assert(fc.property(fc.array(digest, { minLength: 1 }), digest, (digests, stranger) => {
      const list = KeyBlocklist.decode(importBlocklist(digests.join('\n'), 'spki-sha256').encode())
      expect(list.size).toBe(new Set(digests).size)
      for (const text of digests) expect(list.has(Buffer.from(text, 'hex'))).toBe(true)
      expect(list.has(Buffer.from(stranger, 'hex'))).toBe(digests.includes(stranger))
    }))
  })

  it('refuses lines that are no digests, mixed lengths, empty lists, and files cut short or out of order', () => {
    for (const text of ['', 'xyz', 'abcd', `${'0'.repeat(16)}\n${'0'.repeat(18)}`]) {
      expect(() => importBlocklist(text, 'spki-sha256')).toThrow(expect.objectContaining({ code: 'input.unrecognised' }))
    }
    const encoded = importBlocklist(`${'0'.repeat(16)}\n${'1'.repeat(16)}`, 'spki-sha256').encode()
    for (let length = 0; length < encoded.length; length++) expect(() => KeyBlocklist.decode(encoded.subarray(0, length))).toThrow('not a list')
    const swapped = Uint8Array.from([...encoded.subarray(0, 15), ...encoded.subarray(23), ...encoded.subarray(15, 23)])
    expect(() => KeyBlocklist.decode(swapped)).toThrow('not a list')
  })
})

it('the sieve knows primes', () => {
  expect(primesBelow(30)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29])
  expect([primesBelow(0), primesBelow(2), primesBelow(3)]).toEqual([[], [], [2]])
  expect(isPrime(9973)).toBe(true)
})
