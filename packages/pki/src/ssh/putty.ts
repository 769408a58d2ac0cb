import { MusterError, type Protection } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { fromBase64 } from './base64.ts'
import { MAX_PUBLIC_KEY_BYTES } from './public-key.ts'

/** How every PuTTY private key file begins. */
export const PUTTY_MAGIC = 'PuTTY-User-Key-File-'
const MAX_LINES = 2048

/** A PuTTY private key file, versions 1 to 3 (PuTTY manual, appendix C). The private blob is not looked at. */
export type PuttyKey = {
  readonly version: number
  /** Algorithm name of the header; a certificate's name when the public half is one. */
  readonly algorithm: string
  readonly comment: string
  /** The public half in SSH wire form. */
  readonly publicWire: Uint8Array
  readonly protection: Protection
}

const invalid = (message: string): MusterError => new MusterError('ssh.invalid', `PuTTY key file: ${message}`)

class Headers {
  readonly #lines: readonly string[]
  #next = 0

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  /** The value of the next line, which must have the name `name`. */
  value(name: string): string {
    const line = this.#lines[this.#next++] ?? ''
    if (!line.startsWith(`${name}: `) && line !== `${name}:`) throw invalid(`no ${name} line where it belongs`)
    return line.slice(name.length + 2)
  }

  block(name: string): string {
    const count = this.value(name)
    if (!/^\d{1,4}$/.test(count) || Number(count) > MAX_LINES) throw invalid(`${name} is not a number of lines`)
    const from = this.#next
    this.#next += Number(count)
    if (this.#next > this.#lines.length) throw invalid('the file is truncated')
    return this.#lines.slice(from, this.#next).join('')
  }
}

function keyDerivation(headers: Headers, version: number): string {
  if (version < 3) return 'sha1'
  const flavour = headers.value('Key-Derivation')
  const numbers = ['Memory', 'Passes', 'Parallelism'].map((name) => headers.value(`Argon2-${name}`))
  headers.value('Argon2-Salt')
  if (!/^Argon2(id|i|d)$/.test(flavour) || !numbers.every((number) => /^\d{1,10}$/.test(number))) throw invalid('the key derivation is malformed')
  return `${flavour.toLowerCase()}, ${numbers[0]} KiB, ${numbers[1]} passes, ${numbers[2]} lanes`
}

/** Reads everything a PuTTY key file tells without its passphrase. @throws MusterError ssh.invalid */
export function parsePuttyKey(text: string): PuttyKey {
  const lines = text.split(/\r\n|\r|\n/, MAX_LINES * 2)
  const head = /^PuTTY-User-Key-File-([123]): ([\x21-\x7e]{1,64})$/.exec(lines[0] ?? '')
  if (head === null) throw invalid('the first line is malformed')
  const version = Number(head[1])
  const headers = new Headers(lines.slice(1))
  const encryption = headers.value('Encryption')
  if (!/^[\x21-\x7e]{1,64}$/.test(encryption)) throw invalid('the encryption is malformed')
  const comment = cleanText(headers.value('Comment'), 512)
  const publicWire = fromBase64(headers.block('Public-Lines'), MAX_PUBLIC_KEY_BYTES)
  if (publicWire === null) throw invalid('the public key is not base64')
  const encrypted = encryption !== 'none'
  const protection = encrypted
    ? { encrypted, scheme: encryption, kdf: keyDerivation(headers, version) }
    : { encrypted, scheme: null, kdf: null }
  if (headers.block('Private-Lines') === '') throw invalid('there is no private half')
  return { version, algorithm: head[2]!, comment, publicWire, protection }
}
