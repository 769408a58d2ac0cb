/** One member of a tar archive. `link` is the target of a symbolic or hard link. */
export type TarEntry = {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly link: string | null
  /** Byte range of the content in the archive. */
  readonly start: number
  readonly end: number
}

const BLOCK = 512
const MAX_NAME = 4096

/** True when the first header's checksum is right (POSIX.1-1988 pax/ustar, GNU and v7 alike). */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK * 2 && bytes[0] !== 0 && mayBeNumber(bytes, 148, 8) && checksumFits(bytes, 0)
}

/** False for most text that stands where a number field would. */
function mayBeNumber(bytes: Uint8Array, pos: number, length: number): boolean {
  if ((bytes[pos]! & 0x80) !== 0) return true
  for (let at = pos; at < pos + length; at++) if (bytes[at] !== 0 && bytes[at] !== 0x20 && (bytes[at]! < 0x30 || bytes[at]! > 0x37)) return false
  return true
}

function checksumFits(bytes: Uint8Array, pos: number): boolean {
  const stated = octal(bytes, pos + 148, 8)
  let sum = 8 * 0x20
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += bytes[pos + i]!
  return stated === sum
}

/** A number field: octal text, or GNU's base-256 when the first bit is set. Null when it is neither. */
function octal(bytes: Uint8Array, pos: number, length: number): number | null {
  if ((bytes[pos]! & 0x80) !== 0) {
    let value = bytes[pos]! & 0x7f
    for (let i = 1; i < length; i++) value = value * 256 + bytes[pos + i]!
    return Number.isSafeInteger(value) ? value : null
  }
  const text = Buffer.from(bytes.subarray(pos, pos + length)).toString('latin1').replaceAll(/[\0 ]/g, '')
  return /^[0-7]{0,20}$/.test(text) ? Number.parseInt(text || '0', 8) : null
}

function textField(bytes: Uint8Array, pos: number, length: number): string {
  const field = Buffer.from(bytes.subarray(pos, pos + length))
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** Records of a pax extended header: `length key=value\n`. */
function paxRecords(text: string): Map<string, string> {
  const records = new Map<string, string>()
  const bytes = Buffer.from(text, 'latin1')
  let pos = 0
  while (pos < bytes.length && records.size < 1000) {
    const blank = bytes.indexOf(0x20, pos)
    const length = blank < 0 || blank - pos > 10 ? Number.NaN : Number(bytes.toString('latin1', pos, blank))
    if (!Number.isInteger(length) || length < 3 || pos + length > bytes.length) break
    const record = bytes.toString('utf8', blank + 1, pos + length - 1)
    const equals = record.indexOf('=')
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1))
    pos += length
  }
  return records
}

/** What the 512 octets of a header say. `extension` carries names for the next entry: its content belongs into {@link TarHeaders.extend}. */
export type TarHeader =
  | { readonly what: 'end' }
  | { readonly what: 'damaged' }
  | { readonly what: 'extension'; readonly type: string; readonly size: number }
  | { readonly what: 'entry'; readonly name: string; readonly kind: TarEntry['kind']; readonly link: string | null; /** Another name of a member, not a path that is looked up. */ readonly isHard: boolean; readonly size: number }

/** Octets of an extension that are looked at. */
export const MAX_TAR_EXTENSION = 65_536

/** A block of a sparse file's map, with nothing to read behind it. */
const mapGoesOn: TarHeader = { what: 'extension', type: 'S', size: 0 }

/** Reads the headers of one archive in order: ustar, pax and GNU long names, base-256 sizes, sparse files of GNU by what they hold. */
export class TarHeaders {
  #longName: string | null = null
  #longLink: string | null = null
  #pax = new Map<string, string>()
  /** A sparse file whose map goes on in the blocks behind its header. */
  #sparse: TarHeader | null = null

  /** `bytes` holds a header at `pos`. */
  read(bytes: Uint8Array, pos = 0): TarHeader {
    if (this.#sparse !== null) {
      if (bytes[pos + 504] === 1) return mapGoesOn
      const entry = this.#sparse
      this.#sparse = null
      return entry
    }
    if (bytes[pos] === 0) return { what: 'end' }
    const stated = octal(bytes, pos + 124, 12)
    if (stated === null || !checksumFits(bytes, pos)) return { what: 'damaged' }
    const paxSize = Number(this.#pax.get('size') ?? Number.NaN)
    const size = Number.isSafeInteger(paxSize) && paxSize >= 0 ? paxSize : stated
    const type = String.fromCharCode(bytes[pos + 156]!)
    if (type === 'L' || type === 'K' || type === 'x' || type === 'g') return { what: 'extension', type, size }
    const prefix = textField(bytes, pos + 257, 5) === 'ustar' && bytes[pos + 263] === 0x30 ? textField(bytes, pos + 345, 155) : ''
    const short = textField(bytes, pos, 100)
    const name = (this.#pax.get('GNU.sparse.name') ?? this.#pax.get('path') ?? this.#longName ?? (prefix === '' ? short : `${prefix}/${short}`)).slice(0, MAX_NAME)
    const link = type === '1' || type === '2' ? (this.#pax.get('linkpath') ?? this.#longLink ?? textField(bytes, pos + 157, 100)).slice(0, MAX_NAME) : null
    const kind = link !== null ? 'link' : type === '5' || name.endsWith('/') ? 'directory' : type === '0' || type === '\0' || type === '7' || type === 'S' ? 'file' : 'other'
    this.#longName = null
    this.#longLink = null
    this.#pax = new Map()
    const entry: TarHeader = { what: 'entry', name, kind, link, isHard: type === '1', size }
    if (type !== 'S' || bytes[pos + 482] !== 1) return entry
    this.#sparse = entry
    return mapGoesOn
  }

  /** Takes the content of an extension, at most {@link MAX_TAR_EXTENSION} octets of it. */
  extend(type: string, content: Uint8Array): void {
    if (type === 'L') this.#longName = textField(content, 0, Math.min(content.length, MAX_NAME))
    else if (type === 'K') this.#longLink = textField(content, 0, Math.min(content.length, MAX_NAME))
    else if (type === 'x') this.#pax = paxRecords(Buffer.from(content.subarray(0, MAX_TAR_EXTENSION)).toString('latin1'))
  }
}

/**
 * The members of a tar archive in order. Ends at the end mark, or at a header that is damaged or points past the end; returns whether the end was
 * reached in order.
 */
export function* tarEntries(bytes: Uint8Array): Generator<TarEntry, boolean, void> {
  const headers = new TarHeaders()
  let pos = 0
  while (pos + BLOCK <= bytes.length) {
    const header = headers.read(bytes, pos)
    if (header.what === 'end') return true
    if (header.what === 'damaged') return false
    const start = pos + BLOCK
    const end = start + header.size
    if (end > bytes.length) return false
    if (header.what === 'extension') headers.extend(header.type, bytes.subarray(start, Math.min(end, start + MAX_TAR_EXTENSION)))
    else yield { name: header.name, kind: header.kind, link: header.link, start, end: header.kind === 'file' ? end : start }
    pos = start + Math.ceil(header.size / BLOCK) * BLOCK
  }
  return true
}
