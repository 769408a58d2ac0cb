import { MusterError } from '@muster/core'

/** Blocks read from one input; a system bundle has about 150, the largest trust list a few thousand. */
const MAX_BLOCKS = 20_000
/** Base64 text of one block. */
const MAX_BLOCK_CHARACTERS = 24 * 1024 * 1024
const MAX_HEADERS = 32

/** One `-----BEGIN …-----` block. */
export type PemBlock = {
  /** Between `BEGIN` and the dashes, e.g. `CERTIFICATE`. */
  readonly label: string
  /** The decoded body. */
  readonly bytes: Buffer
  /** RFC 1421 headers by lower-case name, e.g. `proc-type`. */
  readonly headers: ReadonlyMap<string, string>
  /** First byte of the `BEGIN` line and first byte after the `END` line in the input. */
  readonly offset: number
  readonly end: number
  /** First byte of the body text after the headers. */
  readonly bodyOffset: number
}

/** A block that begins but cannot be decoded. */
export type PemFault = { readonly label: string; readonly offset: number; readonly message: string }

const BEGIN = Buffer.from('-----BEGIN ')
const LABEL = /^[\x21-\x2c\x2e-\x7e](?:[- ]?[\x21-\x2c\x2e-\x7e]){0,63}$/

/** True when the bytes hold the beginning of a PEM block. */
export function mayHoldPem(bytes: Uint8Array): boolean {
  return bufferOf(bytes).includes(BEGIN)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Every PEM block of the input in order (RFC 7468, read leniently: any text around and between blocks, indented lines,
 * CRLF, CR, headers). `accept` keeps labels it answers true for; others are passed over undecoded.
 * A block that cannot be decoded becomes a fault, unless nothing like a body follows, and reading goes on behind its BEGIN line.
 * @throws MusterError pem.invalid when there are more than 20,000 blocks
 */
export function readPem(bytes: Uint8Array, accept: (label: string) => boolean = () => true): { blocks: PemBlock[]; faults: PemFault[] } {
  const buffer = bufferOf(bytes)
  const blocks: PemBlock[] = []
  const faults: PemFault[] = []
  for (let at = buffer.indexOf(BEGIN); at !== -1;) {
    if (blocks.length + faults.length >= MAX_BLOCKS) throw new MusterError('input.limit', `more than ${MAX_BLOCKS} PEM blocks`)
    const labelEnd = endOfLabel(buffer, at + BEGIN.length)
    let next = at + BEGIN.length
    if (labelEnd !== -1) {
      const label = buffer.toString('latin1', at + BEGIN.length, labelEnd)
      const block = LABEL.test(label) && accept(label) ? readBlock(buffer, at, label, labelEnd + 5) : null
      if (block !== null && 'message' in block) {
        if (looksLikeBody(buffer, labelEnd + 5)) faults.push(block)
      } else if (block !== null) {
        blocks.push(block)
        next = block.end
      }
    }
    at = buffer.indexOf(BEGIN, next)
  }
  return { blocks, faults }
}

/**
 * True when a line end and then base64 follow a BEGIN line. Programs and manuals mention such lines; only what was meant
 * as a block is worth a fault.
 */
function looksLikeBody(buffer: Buffer, from: number): boolean {
  return /^[ \t]*(?:\r?\n|\r|\\n|\\r)(?:\s|\\[nrt])*(?:[A-Za-z0-9+/]{4}|Proc-Type:)/.test(buffer.toString('latin1', from, from + 200))
}

/** Where the five dashes behind a label begin; −1 when there are none within the line. */
function endOfLabel(buffer: Buffer, from: number): number {
  const limit = Math.min(buffer.length - 4, from + 80)
  for (let i = from; i < limit; i++) {
    const byte = buffer[i]!
    if (byte < 0x20 || byte > 0x7e) return -1
    if (byte === 0x2d && buffer[i + 1] === 0x2d && buffer[i + 2] === 0x2d && buffer[i + 3] === 0x2d && buffer[i + 4] === 0x2d) return i
  }
  return -1
}

function readBlock(buffer: Buffer, offset: number, label: string, bodyStart: number): PemBlock | PemFault {
  const fault = (message: string): PemFault => ({ label, offset, message })
  const endMark = `-----END ${label}-----`
  const nextDashes = buffer.indexOf('-----', bodyStart)
  if (nextDashes === -1) return fault('the block has no END line')
  if (buffer.toString('latin1', nextDashes, nextDashes + endMark.length) !== endMark) return fault('the block ends with another label than it begins with')
  if (nextDashes - bodyStart > MAX_BLOCK_CHARACTERS) return fault('the block is too long')
  const { headers, bodyOffset } = readHeaders(buffer, bodyStart, nextDashes)
  const body = decodeBody(buffer, bodyOffset, nextDashes)
  if (body === null) return fault('the block is not base64')
  return { label, bytes: body, headers, offset, end: nextDashes + endMark.length, bodyOffset }
}

const HEADER = /^[ \t]*([A-Za-z][A-Za-z0-9-]{0,63}):[ \t]*([^\r\n]{0,1024})$/

/** RFC 1421 §4.4 header lines up to the empty line; continuation lines are joined. */
function readHeaders(buffer: Buffer, from: number, to: number): { headers: Map<string, string>; bodyOffset: number } {
  const headers = new Map<string, string>()
  const colon = buffer.subarray(from, Math.min(to, from + 200)).indexOf(0x3a)
  if (colon === -1) return { headers, bodyOffset: from }
  let at = from
  let last: string | null = null
  for (let lines = 0; lines < MAX_HEADERS; lines++) {
    const newline = buffer.indexOf(0x0a, at)
    const end = newline === -1 || newline > to ? to : newline
    const line = buffer.toString('latin1', at, Math.min(end, at + 1200)).replace(/\r$/, '')
    const match = HEADER.exec(line)
    if (match !== null) {
      last = match[1]!.toLowerCase()
      headers.set(last, match[2]!.trim())
    } else if (last !== null && /^[ \t]+\S/.test(line)) {
      headers.set(last, headers.get(last)! + line.trim())
    } else if (line.trim() !== '') {
      return { headers, bodyOffset: at }
    } else if (last !== null) {
      return { headers, bodyOffset: Math.min(end + 1, to) }
    }
    if (end === to) return { headers, bodyOffset: to }
    at = end + 1
  }
  return { headers, bodyOffset: at }
}

/** Base64 with any white space in it, line ends also as `\\n` (a JSON string); `null` when anything else occurs. */
function decodeBody(buffer: Buffer, from: number, to: number): Buffer | null {
  let escaped = false
  for (let i = from; i < to; i++) {
    const kind = CLASS[buffer[i]!]!
    if (kind === 0) return null
    if (kind === BACKSLASH) escaped = true
  }
  const text = buffer.toString('latin1', from, to)
  if (!escaped) return Buffer.from(text, 'base64')
  const plain = text.replaceAll(/\\[nrt]/g, '')
  return plain.includes('\\') ? null : Buffer.from(plain, 'base64')
}

const BACKSLASH = 2
/** 1 for what may stand in a base64 body, {@link BACKSLASH} for what begins an escaped line end. */
const CLASS = new Uint8Array(256)
CLASS[0x5c] = BACKSLASH
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n') CLASS[character.charCodeAt(0)] = 1

/** A PEM block with lines of 64 characters (RFC 7468 §2). */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines = bufferOf(bytes).toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}-----END ${label}-----\n`
}
