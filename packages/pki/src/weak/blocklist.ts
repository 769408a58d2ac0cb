import { createHash } from 'node:crypto'
import { fromHex, MusterError, type KeyFacts } from '@muster/core'
import { concatBytes, sshMpint, sshString } from '../ssh/index.ts'

/**
 * What the digests of a list are taken of.
 * - `spki-sha256`: SHA-256 of the SubjectPublicKeyInfo, from its front; joins every format (pwnedkeys, own lists).
 * - `openssl-blacklist`: last 80 bits of SHA-1 of `Modulus=…\n` as `openssl rsa -modulus` prints it (Debian `openssl-blacklist`).
 * - `openssh-blacklist`: last 80 bits of MD5 of the SSH wire form (Debian `openssh-blacklist`, `ssh-vulnkey`).
 */
export const blocklistKinds = ['spki-sha256', 'openssl-blacklist', 'openssh-blacklist'] as const
export type BlocklistKind = (typeof blocklistKinds)[number]

const MAGIC = 'MUSTERWK'
const VERSION = 1
const HEADER_BYTES = MAGIC.length + 3 + 4
/** 128 MiB: about eight million entries of 16 bytes. */
export const MAX_BLOCKLIST_BYTES = 128 * 1024 * 1024
const DEBIAN_DIGEST_BYTES = 10

/** A sorted list of digests of one length; looked up by halving. */
export class KeyBlocklist {
  readonly kind: BlocklistKind
  readonly digestBytes: number
  /** Entries one after another, ascending. */
  readonly #entries: Uint8Array

  /** `entries` must be sorted; {@link importBlocklist} and {@link KeyBlocklist.decode} see to it. */
  constructor(kind: BlocklistKind, digestBytes: number, entries: Uint8Array) {
    this.kind = kind
    this.digestBytes = digestBytes
    this.#entries = entries
  }

  /** Number of keys listed. */
  get size(): number {
    return this.#entries.length / this.digestBytes
  }

  /** True when a digest that begins with an entry is given. */
  has(digest: Uint8Array): boolean {
    if (digest.length < this.digestBytes) return false
    let [low, high] = [0, this.size - 1]
    while (low <= high) {
      const middle = (low + high) >>> 1
      const order = compareAt(this.#entries, middle * this.digestBytes, digest, this.digestBytes)
      if (order === 0) return true
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return false
  }

  /** The compact file form: `MUSTERWK`, version, kind, digest length, count (32 bits, big-endian), sorted digests. */
  encode(): Uint8Array<ArrayBuffer> {
    const header = new Uint8Array(HEADER_BYTES)
    header.set(new TextEncoder().encode(MAGIC))
    header.set([VERSION, blocklistKinds.indexOf(this.kind), this.digestBytes], MAGIC.length)
    new DataView(header.buffer).setUint32(MAGIC.length + 3, this.size)
    return concatBytes(header, this.#entries)
  }

  /** Reads what {@link encode} wrote; the bytes are borrowed. @throws MusterError input.unrecognised, input.limit */
  static decode(bytes: Uint8Array): KeyBlocklist {
    if (bytes.length > MAX_BLOCKLIST_BYTES) throw new MusterError('input.limit', `a key list of ${bytes.length} bytes`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const magic = Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1')
    const kind = blocklistKinds[bytes[MAGIC.length + 1] ?? -1]
    const digestBytes = bytes[MAGIC.length + 2] ?? 0
    const entries = bytes.subarray(HEADER_BYTES)
    const sound = bytes.length >= HEADER_BYTES && magic === MAGIC && bytes[MAGIC.length] === VERSION && kind !== undefined
      && digestBytes >= 8 && digestBytes <= 32 && view.getUint32(MAGIC.length + 3) * digestBytes === entries.length
    if (!sound || !isSorted(entries, digestBytes)) throw new MusterError('input.unrecognised', 'not a list of weak keys')
    return new KeyBlocklist(kind, digestBytes, entries)
  }
}

function compareAt(entries: Uint8Array, offset: number, digest: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) {
    const order = entries[offset + i]! - digest[i]!
    if (order !== 0) return order
  }
  return 0
}

function isSorted(entries: Uint8Array, digestBytes: number): boolean {
  for (let offset = digestBytes; offset < entries.length; offset += digestBytes) {
    if (compareAt(entries, offset - digestBytes, entries.subarray(offset, offset + digestBytes), digestBytes) >= 0) return false
  }
  return true
}

/**
 * Imports a text list: one hex digest a line, `#` comments. Debian's lists have 20 digits a line, lists of SPKI digests 16 to 64,
 * all lines the same. Order and repetitions do not matter.
 * @throws MusterError input.unrecognised with the line, input.limit
 */
export function importBlocklist(text: string, kind: BlocklistKind): KeyBlocklist {
  if (text.length > 2 * MAX_BLOCKLIST_BYTES) throw new MusterError('input.limit', `a key list of ${text.length} characters`)
  const digests: string[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim().toLowerCase()
    if (line === '' || line.startsWith('#')) continue
    const wanted = digests[0]?.length ?? line.length
    const sized = kind === 'spki-sha256' ? line.length >= 16 && line.length <= 64 && line.length % 2 === 0 : line.length === 2 * DEBIAN_DIGEST_BYTES
    if (!sized || line.length !== wanted || !/^[0-9a-f]+$/.test(line)) {
      throw new MusterError('input.unrecognised', `line ${index + 1} of the key list is not a digest of the right length`, { line: index + 1 })
    }
    digests.push(line)
  }
  if (digests.length === 0) throw new MusterError('input.unrecognised', 'the key list is empty')
  const sorted = [...new Set(digests)].sort()
  return new KeyBlocklist(kind, sorted[0]!.length / 2, Buffer.from(sorted.join(''), 'hex'))
}

/** Facts of a key as far as lists ask about them. */
export type ListedKey = { readonly spkiSha256: string | null; readonly key: Pick<KeyFacts, 'rsaModulus' | 'rsaExponent'> }

/** The digest a list of that kind would hold for the key; null when the key's facts do not yield it. */
export function blocklistDigest(kind: BlocklistKind, { spkiSha256, key }: ListedKey): Uint8Array | null {
  if (kind === 'spki-sha256') return spkiSha256 === null ? null : fromHex(spkiSha256)
  if (key.rsaModulus === null) return null
  if (kind === 'openssl-blacklist') {
    const line = `Modulus=${key.rsaModulus.toUpperCase()}\n`
    return createHash('sha1').update(line).digest().subarray(-DEBIAN_DIGEST_BYTES)
  }
  if (key.rsaExponent === null) return null
  const wire = concatBytes(sshString('ssh-rsa'), sshMpint(magnitude(BigInt(key.rsaExponent).toString(16))), sshMpint(magnitude(key.rsaModulus)))
  return createHash('md5').update(wire).digest().subarray(-DEBIAN_DIGEST_BYTES)
}

function magnitude(hex: string): Uint8Array {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}

/** True when one of the lists holds the key. */
export function isBlocklisted(key: ListedKey, lists: readonly KeyBlocklist[]): boolean {
  return lists.some((list) => {
    const digest = blocklistDigest(list.kind, key)
    return digest !== null && list.has(digest)
  })
}
