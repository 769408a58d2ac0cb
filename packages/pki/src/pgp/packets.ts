import { MusterError } from '@muster/core'

/** Largest packet body that is read; photographs in user attributes are the largest there are. */
export const MAX_PACKET_BYTES = 8 * 1024 * 1024
const MAX_PARTIAL_CHUNKS = 10_000

/** Packet types of transferable keys (RFC 9580 §5). */
export const packetTags = { signature: 2, secretKey: 5, publicKey: 6, secretSubkey: 7, trust: 12, userId: 13, publicSubkey: 14 } as const

export type Packet = { readonly tag: number; readonly body: Uint8Array }

/** Reads OpenPGP's numbers from the front of a packet body; every read is bounds-checked and borrows the bytes. */
export class PgpReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** @throws MusterError pgp.invalid when fewer than `length` bytes are left */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw new MusterError('pgp.invalid', 'an OpenPGP packet ends too early')
    const start = this.#offset
    this.#offset += length
    return this.#bytes.subarray(start, this.#offset)
  }

  uint8(): number {
    return this.take(1)[0]!
  }

  uint16(): number {
    const [high, low] = this.take(2)
    return high! * 256 + low!
  }

  uint32(): number {
    return this.uint16() * 65_536 + this.uint16()
  }

  /** A multiprecision integer (RFC 9580 §3.2) without leading zeros. */
  mpi(): Uint8Array {
    const bytes = this.take(Math.ceil(this.uint16() / 8))
    let start = 0
    while (start < bytes.length && bytes[start] === 0) start++
    return bytes.subarray(start)
  }
}

/** Length of a new-format header (RFC 9580 §4.2.1): complete, or one chunk of a partial body. */
function newLength(reader: PgpReader): { length: number; partial: boolean } {
  const first = reader.uint8()
  if (first < 192) return { length: first, partial: false }
  if (first < 224) return { length: (first - 192) * 256 + reader.uint8() + 192, partial: false }
  if (first < 255) return { length: 2 ** (first & 0x1f), partial: true }
  return { length: reader.uint32(), partial: false }
}

function tooLong(length: number): MusterError {
  return new MusterError('input.limit', `an OpenPGP packet of ${length} bytes, the limit is ${MAX_PACKET_BYTES}`)
}

function newBody(reader: PgpReader): Uint8Array {
  const chunks: Uint8Array[] = []
  let total = 0
  for (let count = 0; count < MAX_PARTIAL_CHUNKS; count++) {
    const { length, partial } = newLength(reader)
    total += length
    if (total > MAX_PACKET_BYTES) throw tooLong(total)
    chunks.push(reader.take(length))
    if (!partial) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }
  throw new MusterError('input.limit', 'an OpenPGP packet in too many parts')
}

function oldBody(reader: PgpReader, lengthType: number): Uint8Array {
  const length = lengthType === 0 ? reader.uint8() : lengthType === 1 ? reader.uint16() : lengthType === 2 ? reader.uint32() : reader.remaining
  if (length > MAX_PACKET_BYTES) throw tooLong(length)
  return reader.take(length)
}

/**
 * The next packet in old or new format (RFC 9580 §4.2), partial bodies joined.
 * @throws MusterError pgp.invalid, input.limit
 */
export function readPacket(reader: PgpReader): Packet {
  const header = reader.uint8()
  if (header < 0x80) throw new MusterError('pgp.invalid', 'not an OpenPGP packet')
  if ((header & 0x40) !== 0) return { tag: header & 0x3f, body: newBody(reader) }
  return { tag: (header >> 2) & 0x0f, body: oldBody(reader, header & 3) }
}
