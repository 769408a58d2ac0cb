import { fromBase64 } from '../ssh/base64.ts'

/** A block of armoured OpenPGP data (RFC 9580 §6.2). */
export type ArmouredBlock = {
  /** `PUBLIC KEY BLOCK` or `PRIVATE KEY BLOCK`. */
  readonly label: string
  readonly body: Buffer
  /** The CRC-24 at the end: right, wrong, or absent as RFC 9580 recommends. */
  readonly checksum: 'right' | 'wrong' | 'absent'
}

const MAX_BLOCKS = 1000

/** RFC 9580 §6.1.1. */
export function crc24(bytes: Uint8Array): number {
  let crc = 0xb7_04_ce
  for (const byte of bytes) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1
      if ((crc & 0x100_0000) !== 0) crc ^= 0x186_4cfb
    }
  }
  return crc & 0xff_ffff
}

function readBody(text: string, maxBytes: number): Pick<ArmouredBlock, 'body' | 'checksum'> | null {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim())
  // Headers end at the first empty line; some writers leave both out.
  const blank = lines.indexOf('', 1)
  const hasHeaders = lines.slice(1, blank < 0 ? undefined : blank).some((line) => line.includes(':'))
  const data = lines.slice(hasHeaders && blank >= 0 ? blank : 1)
  const checksumLine = data.findIndex((line) => /^=[A-Za-z0-9+/]{4}$/.test(line))
  const body = fromBase64(data.slice(0, checksumLine < 0 ? undefined : checksumLine).join(''), maxBytes)
  if (body === null) return null
  if (checksumLine < 0) return { body, checksum: 'absent' }
  const stated = Buffer.from(data[checksumLine]!.slice(1), 'base64').readUIntBE(0, 3)
  return { body, checksum: stated === crc24(body) ? 'right' : 'wrong' }
}

/** Key blocks of a text in order; null stands for a block that is damaged or has no end. */
export function readArmour(text: string, maxBytes: number): (ArmouredBlock | null)[] {
  const blocks: (ArmouredBlock | null)[] = []
  const begin = /-----BEGIN PGP (PUBLIC KEY BLOCK|PRIVATE KEY BLOCK)-----/g
  for (let match = begin.exec(text); match !== null && blocks.length < MAX_BLOCKS; match = begin.exec(text)) {
    const label = match[1]!
    const end = text.indexOf(`-----END PGP ${label}-----`, begin.lastIndex)
    const read = end < 0 ? null : readBody(text.slice(begin.lastIndex, end), maxBytes)
    blocks.push(read === null ? null : { label, ...read })
    if (end < 0) break
    begin.lastIndex = end
  }
  return blocks
}
