import { createHash } from 'node:crypto'
import { MusterError } from '@muster/core'

/**
 * bcrypt_pbkdf, the key derivation of OpenSSH's private key files (OpenBSD `bcrypt_pbkdf(3)`). Blowfish is here because
 * `node:crypto` has neither; it only ever derives a file key from an operator's passphrase.
 */

const P_WORDS = 18
const S_WORDS = 1024
const HASH_BYTES = 32
const MAGIC = 'OxychromaticBlowfishSwatDynamite'

/** `arctan(1/x)` in fixed point with `one` as 1. */
function arctanInverse(x: bigint, one: bigint): bigint {
  const square = x * x
  let power = one / x
  let sum = power
  for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
    power /= square
    sum += (sign * power) / divisor
  }
  return sum
}

/** Blowfish's start state: the fractional bits of π, computed by Machin's formula. */
function fractionOfPi(): Int32Array {
  const count = P_WORDS + S_WORDS
  const guardBits = 64n
  const bits = BigInt(count * 32)
  const one = 1n << (bits + guardBits)
  const pi = 4n * (4n * arctanInverse(5n, one) - arctanInverse(239n, one))
  const hex = ((pi - 3n * one) >> guardBits).toString(16).padStart(count * 8, '0')
  return Int32Array.from({ length: count }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16) | 0)
}

let startState: Int32Array | null = null

/** P array in words 0 … 17, the four S boxes behind it. */
type State = Int32Array

function feistel(state: State, x: number): number {
  const sum = (state[P_WORDS + (x >>> 24)]! + state[P_WORDS + 256 + ((x >>> 16) & 0xff)]!) | 0
  return ((sum ^ state[P_WORDS + 512 + ((x >>> 8) & 0xff)]!) + state[P_WORDS + 768 + (x & 0xff)]!) | 0
}

/** Enciphers the two words at `from` into the two at `to`; the arrays may be the same. */
function encipher(state: State, source: Int32Array, from: number, target: Int32Array, to: number): void {
  let left = source[from]! ^ state[0]!
  let right = source[from + 1]!
  for (let round = 1; round <= 16; round += 2) {
    right ^= feistel(state, left) ^ state[round]!
    left ^= feistel(state, right) ^ state[round + 1]!
  }
  target[to] = right ^ state[17]!
  target[to + 1] = left
}

function words(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(i * 4))
}

/** Mixes a 64-byte key, and a 64-byte salt where one is given, into the state. */
function expand(state: State, key: Int32Array, salt: Int32Array | null): void {
  for (let i = 0; i < P_WORDS; i++) state[i]! ^= key[i % 16]!
  if (salt === null) {
    const zero = new Int32Array(2)
    encipher(state, zero, 0, state, 0)
    for (let i = 2; i < P_WORDS + S_WORDS; i += 2) encipher(state, state, i - 2, state, i)
    return
  }
  const pair = new Int32Array(2)
  for (let i = 0; i < P_WORDS + S_WORDS; i += 2) {
    pair[0]! ^= salt[i % 16]!
    pair[1]! ^= salt[(i + 1) % 16]!
    encipher(state, pair, 0, pair, 0)
    state[i] = pair[0]!
    state[i + 1] = pair[1]!
  }
}

function bcryptHash(passphrase: Int32Array, salt: Int32Array): Uint8Array {
  startState ??= fractionOfPi()
  const state = startState.slice()
  expand(state, passphrase, salt)
  for (let i = 0; i < 64; i++) {
    expand(state, salt, null)
    expand(state, passphrase, null)
  }
  const text = words(new TextEncoder().encode(MAGIC))
  for (let block = 0; block < text.length; block += 2) {
    for (let i = 0; i < 64; i++) encipher(state, text, block, text, block)
  }
  const output = new DataView(new ArrayBuffer(HASH_BYTES))
  text.forEach((word, i) => output.setInt32(i * 4, word, true))
  return new Uint8Array(output.buffer)
}

const sha512 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/**
 * Derives `length` bytes (at most 1024) from a passphrase. Takes about 5 ms of CPU a round for 32 bytes; callers cap `rounds`.
 * @throws MusterError ssh.invalid for an empty passphrase or salt, no rounds, or a length out of range
 */
export function bcryptPbkdf(passphrase: Uint8Array, salt: Uint8Array, rounds: number, length: number): Uint8Array {
  if (passphrase.length === 0 || salt.length === 0 || rounds < 1 || length < 1 || length > 1024) {
    throw new MusterError('ssh.invalid', 'the key derivation parameters are out of range')
  }
  const stride = Math.ceil(length / HASH_BYTES)
  const amount = Math.ceil(length / stride)
  const hashedPassphrase = words(sha512(passphrase))
  const key = new Uint8Array(length)
  for (let block = 0; block < stride; block++) {
    const counter = new Uint8Array(4)
    new DataView(counter.buffer).setUint32(0, block + 1)
    let last = bcryptHash(hashedPassphrase, words(sha512(salt, counter)))
    const sum = last.slice()
    for (let round = 1; round < rounds; round++) {
      last = bcryptHash(hashedPassphrase, words(sha512(last)))
      for (let i = 0; i < HASH_BYTES; i++) sum[i]! ^= last[i]!
    }
    for (let i = 0; i < amount && i * stride + block < length; i++) key[i * stride + block] = sum[i]!
  }
  return key
}
