import { MusterError } from '@muster/core'
import type { TlsVersion } from '@muster/core'
import { extensionType, versionOfCode } from './codes.ts'

/** A ServerHello or HelloRetryRequest. */
export type ServerHello = {
  readonly version: TlsVersion | null
  readonly suite: number
  readonly isRetryRequest: boolean
  readonly extensions: ReadonlyMap<number, Buffer>
}

const MAX_EXTENSIONS = 64
const MAX_CERTIFICATES = 100
// SHA-256 of "HelloRetryRequest", RFC 8446 §4.1.3.
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

/** Reads fields in order; anything that overruns is a protocol error. */
class Fields {
  readonly #body: Buffer
  readonly #what: string
  #offset = 0

  constructor(body: Buffer, what: string) {
    this.#body = body
    this.#what = what
  }

  get left(): number {
    return this.#body.length - this.#offset
  }

  uint(size: 1 | 2 | 3): number {
    this.#need(size)
    const value = this.#body.readUIntBE(this.#offset, size)
    this.#offset += size
    return value
  }

  bytes(length: number): Buffer {
    this.#need(length)
    return this.#body.subarray(this.#offset, (this.#offset += length))
  }

  vector(lengthSize: 1 | 2 | 3): Buffer {
    return this.bytes(this.uint(lengthSize))
  }

  #need(length: number): void {
    if (this.left < length) throw new MusterError('tls.protocol', `the server's ${this.#what} is malformed`)
  }
}

function readExtensions(block: Buffer, what: string): ReadonlyMap<number, Buffer> {
  const fields = new Fields(block, what)
  const extensions = new Map<number, Buffer>()
  while (fields.left > 0) {
    if (extensions.size >= MAX_EXTENSIONS) throw new MusterError('input.limit', `the server's ${what} has more than ${MAX_EXTENSIONS} extensions`)
    extensions.set(fields.uint(2), fields.vector(2))
  }
  return extensions
}

/** RFC 8446 §4.1.3, RFC 5246 §7.4.1.3. @throws MusterError tls.protocol */
export function readServerHello(body: Buffer): ServerHello {
  const fields = new Fields(body, 'ServerHello')
  const legacyVersion = fields.uint(2)
  const random = fields.bytes(32)
  fields.vector(1)
  const suite = fields.uint(2)
  fields.uint(1)
  const extensions = fields.left === 0 ? new Map<number, Buffer>() : readExtensions(fields.vector(2), 'ServerHello')
  const selected = extensions.get(extensionType.supportedVersions)
  const version = versionOfCode(selected?.length === 2 ? selected.readUInt16BE(0) : legacyVersion)
  return { version, suite, isRetryRequest: random.equals(RETRY_RANDOM), extensions }
}

/** Group and key of a ServerHello's key_share, or the group alone of a HelloRetryRequest's; null when absent. */
export function readKeyShare(hello: ServerHello): { readonly group: number; readonly publicKey: Buffer | null } | null {
  const extension = hello.extensions.get(extensionType.keyShare)
  if (extension === undefined) return null
  const fields = new Fields(extension, 'key_share')
  const group = fields.uint(2)
  return { group, publicKey: fields.left === 0 ? null : fields.vector(2) }
}

/** The protocol an ALPN extension names; null when it is absent or not one short name. */
export function readAlpn(extensions: ReadonlyMap<number, Buffer>): string | null {
  const extension = extensions.get(extensionType.alpn)
  if (extension === undefined) return null
  const name = new Fields(new Fields(extension, 'ALPN extension').vector(2), 'ALPN extension').vector(1)
  return name.length <= 64 ? name.toString('latin1') : null
}

/** DER certificates in the order served, up to TLS 1.2 (RFC 5246 §7.4.2). @throws MusterError tls.protocol, input.limit */
export function readCertificateList(body: Buffer): readonly Buffer[] {
  const list = new Fields(new Fields(body, 'Certificate message').vector(3), 'Certificate message')
  const certificates: Buffer[] = []
  while (list.left > 0) {
    checkCount(certificates)
    certificates.push(list.vector(3))
  }
  return certificates
}

/** DER certificates of TLS 1.3 and whether the leaf carries a stapled OCSP response (RFC 8446 §4.4.2). */
export function readCertificate13(body: Buffer): { readonly certificates: readonly Buffer[]; readonly ocspStapled: boolean } {
  const fields = new Fields(body, 'Certificate message')
  fields.vector(1)
  const list = new Fields(fields.vector(3), 'Certificate message')
  const certificates: Buffer[] = []
  let ocspStapled = false
  while (list.left > 0) {
    checkCount(certificates)
    certificates.push(list.vector(3))
    const extensions = readExtensions(list.vector(2), 'Certificate message')
    if (certificates.length === 1) ocspStapled = (extensions.get(extensionType.statusRequest)?.length ?? 0) > 4
  }
  return { certificates, ocspStapled }
}

function checkCount(certificates: readonly Buffer[]): void {
  if (certificates.length >= MAX_CERTIFICATES) throw new MusterError('input.limit', `the server sent more than ${MAX_CERTIFICATES} certificates`)
}

/** Extensions of an EncryptedExtensions message. */
export function readEncryptedExtensions(body: Buffer): ReadonlyMap<number, Buffer> {
  return readExtensions(new Fields(body, 'EncryptedExtensions').vector(2), 'EncryptedExtensions')
}

const NAMED_CURVE = 3

/** The named curve of an ECDHE ServerKeyExchange (RFC 8422 §5.4); null for explicit curves. */
export function readServerCurve(body: Buffer): number | null {
  const fields = new Fields(body, 'ServerKeyExchange')
  return fields.uint(1) === NAMED_CURVE ? fields.uint(2) : null
}

/** True when a CertificateStatus carries an OCSP response (RFC 6066 §8). */
export function holdsOcspResponse(body: Buffer): boolean {
  return body.length > 4 && body[0] === 1
}
