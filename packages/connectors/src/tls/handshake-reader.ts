import { MusterError } from '@muster/core'
import type { Channel } from '../network/connection.ts'
import { contentType, handshakeType } from './codes.ts'

/** What a server's side of a handshake yields, one at a time. */
export type Incoming =
  /** `raw` is the whole message with its header, for the transcript; `body` what follows the header. */
  | { readonly kind: 'message'; readonly type: number; readonly body: Buffer; readonly raw: Buffer }
  | { readonly kind: 'alert'; readonly description: number }
  | { readonly kind: 'closed' }
  /** The peer does not speak TLS; the bytes say what it does speak. */
  | { readonly kind: 'not-tls'; readonly bytes: Buffer }

/** Takes the protection off a TLS 1.3 record: content type and plaintext. @throws MusterError tls.protocol */
export type RecordOpener = (header: Buffer, fragment: Buffer) => { readonly type: number; readonly plaintext: Buffer }

export type HandshakeLimits = {
  /** Of one handshake message, header excluded: a longer one is refused when its header is read. */
  readonly maxMessageBytes: number
  /** Records and messages of one handshake: what ends empty-record and HelloRequest loops. */
  readonly maxUnits: number
}

export const defaultHandshakeLimits: HandshakeLimits = { maxMessageBytes: 128 * 1024, maxUnits: 256 }

const RECORD_HEADER = 5
const MAX_FRAGMENT = 16_384 + 2048
const empty: Buffer = Buffer.alloc(0)

/**
 * Reads handshake messages from records (RFC 5246 §6.2, RFC 8446 §5), whatever the fragmentation, within the limits.
 * Warnings, HelloRequest and ChangeCipherSpec are passed over.
 */
export class HandshakeReader {
  readonly #channel: Channel
  readonly #limits: HandshakeLimits
  #input = empty
  #messages = empty
  #openRecord: RecordOpener | null = null
  #units = 0
  #sawRecord = false

  constructor(channel: Channel, limits: HandshakeLimits = defaultHandshakeLimits) {
    this.#channel = channel
    this.#limits = limits
  }

  /** Records of application data are opened with `opener` from here on. */
  protectWith(opener: RecordOpener): void {
    this.#openRecord = opener
  }

  /**
   * The next message, or why there is none.
   * @throws MusterError tls.protocol, input.limit, and what the channel throws
   */
  async next(): Promise<Incoming> {
    for (;;) {
      const incoming = this.poll()
      if (incoming !== null) return incoming
      const chunk = await this.#channel.read()
      if (chunk === null) return this.#sawRecord || this.#input.length === 0 ? { kind: 'closed' } : { kind: 'not-tls', bytes: this.#input }
      this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    }
  }

  /** As {@link next}, from what has already arrived; null when that is not enough. */
  poll(): Incoming | null {
    for (;;) {
      const message = this.#takeMessage()
      if (message !== null) return message
      const record = this.#takeRecord()
      if (record === null) return null
      if (record.kind !== 'record') return record
      const { type, fragment } = record
      if (type === contentType.handshake) {
        this.#messages = this.#messages.length === 0 ? fragment : Buffer.concat([this.#messages, fragment])
      } else if (type === contentType.alert) {
        const alert = readAlert(fragment)
        if (alert !== null) return alert
      } else if (type !== contentType.changeCipherSpec) {
        throw this.#protocolError(`a record of type ${type} inside the handshake`)
      }
    }
  }

  #count(): void {
    if (++this.#units > this.#limits.maxUnits) throw new MusterError('input.limit', `${this.#channel.where} sent more than ${this.#limits.maxUnits} records and messages in one handshake`)
  }

  #protocolError(what: string): MusterError {
    return new MusterError('tls.protocol', `${this.#channel.where} broke the TLS protocol: ${what}`)
  }

  #takeRecord(): { kind: 'record'; type: number; fragment: Buffer } | Incoming | null {
    const input = this.#input
    if (!this.#sawRecord && input.length > 0 && !mayBeTls(input)) return { kind: 'not-tls', bytes: input }
    if (input.length < RECORD_HEADER) return null
    const length = input.readUInt16BE(3)
    if (input[1] !== 3 || length > MAX_FRAGMENT) throw this.#protocolError('a record header is malformed')
    if (input.length < RECORD_HEADER + length) return null
    this.#sawRecord = true
    this.#count()
    const header = input.subarray(0, RECORD_HEADER)
    const fragment = input.subarray(RECORD_HEADER, RECORD_HEADER + length)
    this.#input = input.length === RECORD_HEADER + length ? empty : input.subarray(RECORD_HEADER + length)
    const type = header[0]!
    if (type !== contentType.applicationData || this.#openRecord === null) return { kind: 'record', type, fragment }
    const opened = this.#openRecord(header, fragment)
    return { kind: 'record', type: opened.type, fragment: opened.plaintext }
  }

  #takeMessage(): Incoming | null {
    for (;;) {
      const messages = this.#messages
      if (messages.length < 4) return null
      const length = messages.readUIntBE(1, 3)
      if (length > this.#limits.maxMessageBytes) {
        throw new MusterError('input.limit', `${this.#channel.where} announced a handshake message of ${length} bytes; the limit is ${this.#limits.maxMessageBytes}`)
      }
      if (messages.length < 4 + length) return null
      this.#count()
      const raw = messages.subarray(0, 4 + length)
      this.#messages = messages.length === raw.length ? empty : messages.subarray(raw.length)
      if (raw[0] !== handshakeType.helloRequest) return { kind: 'message', type: raw[0]!, body: raw.subarray(4), raw }
    }
  }
}

/** The first bytes of a record: an alert or handshake of SSL 3.0 or TLS. */
function mayBeTls(input: Buffer): boolean {
  const type = input[0]
  return (type === contentType.handshake || type === contentType.alert) && (input.length < 2 || input[1] === 3)
}

const WARNING = 1
const CLOSE_NOTIFY = 0

function readAlert(fragment: Buffer): Incoming | null {
  if (fragment.length < 2) return { kind: 'alert', description: -1 }
  const description = fragment[1]!
  if (description === CLOSE_NOTIFY) return { kind: 'closed' }
  return fragment[0] === WARNING ? null : { kind: 'alert', description }
}
