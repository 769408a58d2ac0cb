import { randomFillSync } from 'node:crypto'
import { contentType, extensionType, handshakeType } from './codes.ts'

/** What a ClientHello offers. Codes are wire numbers; see `cipher-suites.ts`, `groups.ts`, `codes.ts`. */
export type ClientHello = {
  /** Highest version up to TLS 1.2 in `client_version`; TLS 1.3 is offered by `supportedVersions`. */
  readonly clientVersion: number
  /** Versions of the supported_versions extension; null to leave it out. */
  readonly supportedVersions: readonly number[] | null
  readonly suites: readonly number[]
  readonly groups: readonly number[]
  readonly signatureSchemes: readonly number[]
  /** Null sends no SNI; never an address (RFC 6066 §3). */
  readonly serverName: string | null
  readonly alpn: readonly string[]
  /** Key shares for TLS 1.3; an empty list asks the server to name its group by HelloRetryRequest (RFC 8446 §4.2.8). */
  readonly keyShares: readonly { readonly group: number; readonly publicKey: Uint8Array }[] | null
  /** Cookie of a HelloRetryRequest, to send back. */
  readonly cookie: Uint8Array | null
  /** Send no extensions at all: what SSL 3.0 servers expect. */
  readonly plain: boolean
}

/** A written hello: the record to send, and the handshake message in it for the transcript. */
export type WrittenHello = { readonly record: Buffer; readonly message: Buffer }

const SCSV = 0x00ff

// One draw from the random generator serves many hellos.
const pool = Buffer.allocUnsafe(64 * 128)
let poolOffset = pool.length
function random64(): Buffer {
  if (poolOffset === pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  return pool.subarray(poolOffset, (poolOffset += 64))
}

class Writer {
  readonly buffer: Buffer
  offset = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  u8(value: number): void {
    this.buffer[this.offset++] = value
  }

  u16(value: number): void {
    this.buffer[this.offset++] = value >> 8
    this.buffer[this.offset++] = value & 255
  }

  bytes(value: Uint8Array): void {
    this.buffer.set(value, this.offset)
    this.offset += value.length
  }

  ascii(value: string): void {
    this.offset += this.buffer.write(value, this.offset, 'latin1')
  }

  /** Writes `body` behind a length of two bytes. */
  sized16(body: () => void): void {
    const at = this.offset
    this.offset += 2
    body()
    this.buffer.writeUInt16BE(this.offset - at - 2, at)
  }

  u16List(values: readonly number[]): void {
    this.u16(values.length * 2)
    for (const value of values) this.u16(value)
  }

  extension(type: number, body: () => void): void {
    this.u16(type)
    this.sized16(body)
  }
}

function sizeOf(hello: ClientHello): number {
  const shares = (hello.keyShares ?? []).reduce((sum, { publicKey }) => sum + publicKey.length + 4, 0)
  const lists = 2 * (hello.suites.length + hello.groups.length + hello.signatureSchemes.length)
  return 700 + lists + shares + (hello.serverName?.length ?? 0) + (hello.cookie?.length ?? 0) + hello.alpn.join('').length + hello.alpn.length
}

/**
 * Writes a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2) as one plaintext record.
 * @throws RangeError when a list does not fit its length field
 */
export function writeClientHello(hello: ClientHello, reuse?: { readonly random: Uint8Array; readonly sessionId: Uint8Array }): WrittenHello {
  const writer = new Writer(sizeOf(hello))
  const random = random64()
  writer.u8(contentType.handshake)
  writer.u16(hello.clientVersion === 0x0300 ? 0x0300 : 0x0301)
  writer.offset += 2
  writer.u8(handshakeType.clientHello)
  writer.offset += 3
  writer.u16(hello.clientVersion)
  writer.bytes(reuse?.random ?? random.subarray(0, 32))
  // A session id makes middleboxes take TLS 1.3 for a resumed 1.2 (RFC 8446 §D.4).
  const sessionId = hello.keyShares === null ? new Uint8Array(0) : (reuse?.sessionId ?? random.subarray(32))
  writer.u8(sessionId.length)
  writer.bytes(sessionId)
  writer.u16List(hello.plain || hello.keyShares === null ? [...hello.suites, SCSV] : hello.suites)
  writer.u16(0x0100)
  if (!hello.plain) writeExtensions(writer, hello)
  writer.buffer.writeUInt16BE(writer.offset - 5, 3)
  writer.buffer.writeUIntBE(writer.offset - 9, 6, 3)
  return { record: writer.buffer.subarray(0, writer.offset), message: writer.buffer.subarray(5, writer.offset) }
}

function writeExtensions(writer: Writer, hello: ClientHello): void {
  const start = writer.offset
  writer.sized16(() => {
    const { serverName, alpn, supportedVersions, keyShares, cookie } = hello
    if (serverName !== null) {
      writer.extension(extensionType.serverName, () => writer.sized16(() => {
        writer.u8(0)
        writer.sized16(() => writer.ascii(serverName))
      }))
    }
    writer.extension(extensionType.statusRequest, () => writer.bytes(ocspRequest))
    if (hello.groups.length > 0) {
      writer.extension(extensionType.supportedGroups, () => writer.u16List(hello.groups))
      writer.extension(extensionType.ecPointFormats, () => writer.u16(0x0100))
    }
    if (hello.signatureSchemes.length > 0) writer.extension(extensionType.signatureAlgorithms, () => writer.u16List(hello.signatureSchemes))
    if (alpn.length > 0) writer.extension(extensionType.alpn, () => writeAlpn(writer, alpn))
    writer.extension(extensionType.signedCertificateTimestamp, () => {})
    writer.extension(extensionType.extendedMasterSecret, () => {})
    if (supportedVersions !== null) {
      writer.extension(extensionType.supportedVersions, () => {
        writer.u8(supportedVersions.length * 2)
        for (const version of supportedVersions) writer.u16(version)
      })
    }
    if (cookie !== null) writer.extension(extensionType.cookie, () => writer.sized16(() => writer.bytes(cookie)))
    if (keyShares !== null) {
      writer.extension(extensionType.pskKeyExchangeModes, () => writer.u16(0x0101))
      writer.extension(extensionType.keyShare, () => writer.sized16(() => {
        for (const { group, publicKey } of keyShares) {
          writer.u16(group)
          writer.sized16(() => writer.bytes(publicKey))
        }
      }))
    }
    pad(writer, start)
  })
}

const ocspRequest = Uint8Array.of(1, 0, 0, 0, 0)

function writeAlpn(writer: Writer, alpn: readonly string[]): void {
  writer.sized16(() => {
    for (const protocol of alpn) {
      writer.u8(protocol.length)
      writer.ascii(protocol)
    }
  })
}

/** Some servers hang on a hello of 256 to 511 bytes; the padding extension (RFC 7685) lifts it to 512. */
function pad(writer: Writer, extensionsStart: number): void {
  const length = writer.offset - 5
  if (length < 256 || length >= 512 || extensionsStart === writer.offset) return
  writer.extension(extensionType.padding, () => {
    const missing = Math.max(0, 512 - (writer.offset - 5))
    writer.buffer.fill(0, writer.offset, writer.offset + missing)
    writer.offset += missing
  })
}
