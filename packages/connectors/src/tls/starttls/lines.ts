import { MusterError } from '@muster/core'
import type { Channel } from '../../network/connection.ts'
import type { StarttlsProtocol } from '../../network/schemes.ts'

const MAX_LINE_BYTES = 4096
const MAX_LINES = 100

/** Reads the text lines of a STARTTLS dialogue, within limits on their length and number. */
export class LineReader {
  readonly #channel: Channel
  readonly #protocol: StarttlsProtocol
  #input: Buffer = Buffer.alloc(0)
  #lines = 0

  constructor(channel: Channel, protocol: StarttlsProtocol) {
    this.#channel = channel
    this.#protocol = protocol
  }

  /** The next line without its end. @throws MusterError tls.protocol, input.limit, and what the channel throws */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#input.indexOf(10)
      if (end >= 0) {
        if (++this.#lines > MAX_LINES) throw new MusterError('input.limit', `${this.#channel.where} sent more than ${MAX_LINES} lines before TLS`)
        const line = this.#input.subarray(0, end).toString('latin1').replace(/\r$/, '')
        this.#input = this.#input.subarray(end + 1)
        return line
      }
      if (this.#input.length > MAX_LINE_BYTES) throw new MusterError('input.limit', `${this.#channel.where} sent a line of more than ${MAX_LINE_BYTES} bytes before TLS`)
      const chunk = await this.#channel.read()
      if (chunk === null) throw this.notSpoken('it closed the connection')
      this.#input = Buffer.concat([this.#input, chunk])
    }
  }

  /** The first bytes the peer sends of its own accord, left to be read again. @throws MusterError tls.protocol when it stays silent */
  async greeting(milliseconds: number): Promise<void> {
    const chunk = await this.#channel.readWithin(milliseconds)
    if (chunk === null) throw this.notSpoken(this.#channel.ended() ? 'it closed the connection' : 'it does not speak first')
    this.#channel.unread(chunk)
  }

  /** A multi-line reply of SMTP, LMTP, FTP or NNTP: its code and last line (RFC 5321 §4.2.1). */
  async reply(): Promise<{ readonly code: number; readonly text: string }> {
    for (;;) {
      const line = await this.line()
      const match = /^(\d{3})([ -]|$)(.*)$/.exec(line)
      if (match === null) {
        if (this.#lines === 1) throw this.notSpoken('it greets in another protocol')
        continue
      }
      if (match[2] !== '-') return { code: Number(match[1]), text: match[3] ?? '' }
    }
  }

  write(command: string): void {
    this.#channel.write(Buffer.from(`${command}\r\n`, 'latin1'))
  }

  /** The peer does not speak the protocol at all. */
  notSpoken(why: string): MusterError {
    return new MusterError('tls.protocol', `${this.#channel.where} does not speak ${this.#protocol}: ${why}`)
  }

  /** The peer speaks the protocol and does not offer TLS. `answer` is what it said, for the operator to read. */
  refused(answer: string): MusterError {
    const said = answer.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 120)
    return new MusterError('starttls.refused', `${this.#channel.where} speaks ${this.#protocol} and refuses TLS: ${said}`)
  }
}

/** How long a server that speaks first may take to greet. */
export const GREETING_MS = 3000
