/**
 * Decryption by ciphers that Node's OpenSSL no longer carries but old keystores still use. Reading only: nothing in this
 * product encrypts with them.
 */

/** RFC 2268 §2: a permutation of the octets from the digits of π. */
const PI_TABLE = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
  '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
  '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
  '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)

/** RFC 2268 §2: 64 16-bit words from the key and its effective length in bits. */
function rc2Schedule(key: Uint8Array, effectiveBits: number): Uint16Array {
  const buffer = new Uint8Array(128)
  buffer.set(key)
  for (let i = key.length; i < 128; i++) buffer[i] = PI_TABLE[(buffer[i - 1]! + buffer[i - key.length]!) & 0xff]!
  const octets = (effectiveBits + 7) >> 3
  buffer[128 - octets] = PI_TABLE[buffer[128 - octets]! & (0xff >> (8 * octets - effectiveBits))]!
  for (let i = 127 - octets; i >= 0; i--) buffer[i] = PI_TABLE[buffer[i + 1]! ^ buffer[i + octets]!]!
  return Uint16Array.from({ length: 64 }, (_, i) => buffer[2 * i]! | (buffer[2 * i + 1]! << 8))
}

const ROTATIONS = [1, 2, 3, 5] as const

/** RFC 2268 §4: decrypts one block of four words in place. */
function rc2DecryptBlock(words: Uint16Array, schedule: Uint16Array): void {
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const rotated = ((words[i]! >> ROTATIONS[i]!) | (words[i]! << (16 - ROTATIONS[i]!))) & 0xffff
      const [one, two, three] = [words[(i + 3) & 3]!, words[(i + 2) & 3]!, words[(i + 1) & 3]!]
      words[i] = rotated - schedule[4 * round + i]! - (one & two) - (~one & three)
    }
    if (round === 5 || round === 11) {
      for (let i = 3; i >= 0; i--) words[i] = words[i]! - schedule[words[(i + 3) & 3]! & 63]!
    }
  }
}

/**
 * RC2-CBC with PKCS#7 padding. `key` has 1 … 128 octets, `iv` 8. Returns null when length or padding are wrong.
 */
export function rc2CbcDecrypt(key: Uint8Array, effectiveBits: number, iv: Uint8Array, data: Uint8Array): Buffer | null {
  if (data.length === 0 || data.length % 8 !== 0) return null
  const schedule = rc2Schedule(key, effectiveBits)
  const plain = Buffer.alloc(data.length)
  const words = new Uint16Array(4)
  let previous = iv
  for (let at = 0; at < data.length; at += 8) {
    const block = data.subarray(at, at + 8)
    for (let i = 0; i < 4; i++) words[i] = block[2 * i]! | (block[2 * i + 1]! << 8)
    rc2DecryptBlock(words, schedule)
    for (let i = 0; i < 8; i++) plain[at + i] = ((words[i >> 1]! >> (8 * (i & 1))) & 0xff) ^ previous[i]!
    previous = block
  }
  return withoutPadding(plain)
}

function withoutPadding(plain: Buffer): Buffer | null {
  const count = plain.at(-1)!
  if (count < 1 || count > 8 || plain.subarray(plain.length - count).some((byte) => byte !== count)) return null
  return plain.subarray(0, plain.length - count)
}

/** RC4 with a key of 1 … 256 octets. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i)
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 0xff
    const swap = state[i]!
    state[i] = state[j]!
    state[j] = swap
  }
  const plain = Buffer.alloc(data.length)
  for (let at = 0, i = 0, j = 0; at < data.length; at++) {
    i = (i + 1) & 0xff
    j = (j + state[i]!) & 0xff
    const swap = state[i]!
    state[i] = state[j]!
    state[j] = swap
    plain[at] = data[at]! ^ state[(state[i]! + state[j]!) & 0xff]!
  }
  return plain
}
