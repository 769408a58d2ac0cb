import { letterClasses, MIN_HEX_RUN, runEnd, sextets, type TextSigns, WRAPPED_LINE } from './signs.ts'

/** A stretch of text that decodes to other bytes. */
export type DecodedRun = { readonly decoder: 'base64' | 'hex' | 'percent' | 'escape'; readonly start: number; readonly end: number; readonly bytes: Uint8Array }

/** Fewer escapes in a row hide nothing. */
const MIN_PERCENTS = 3
const MIN_ESCAPES = 4
const MAX_RUNS = 20_000

/** True for bytes a scanner gains something from: mostly readable text, or the beginning of a known container or key. */
export function isWorthReading(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false
  const [a, b] = bytes
  if ((a === 0x1f && b === 0x8b) || (a === 0x50 && b === 0x4b) || (a === 0x30 && b! >= 0x81 && b! <= 0x84) || (a === 0xfe && b === 0xed)) return true
  const sample = Math.min(bytes.length, 512)
  let readable = 0
  let zeros = 0
  for (let i = 0; i < sample; i++) {
    const byte = bytes[i]!
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09) readable++
    else if (byte === 0) zeros++
  }
  return readable >= sample * 0.95 || (zeros >= sample * 0.4 && readable >= sample * 0.4)
}

/** Runs of base64 and base64url (also wrapped into lines) and of hex digits whose bytes are worth reading. `runs`: begin and end of each that may be one. */
export function* alphabetRuns(bytes: Uint8Array, { runs }: Pick<TextSigns, 'runs'>): Generator<DecodedRun, void, void> {
  let found = 0
  let pos = 0
  for (let i = 0; i < runs.length && found < MAX_RUNS; i += 2) {
    const start = runs[i]!
    if (start < pos) continue
    pos = runs[i + 1]!
    for (let lineStart = start; pos - lineStart >= WRAPPED_LINE;) {
      const next = nextLine(bytes, pos)
      if (next === null) break
      lineStart = next
      pos = runEnd(bytes, next)
    }
    const run = decodedRun(bytes, start, pos)
    if (run !== null) { found++; yield run }
  }
}

function decodedRun(bytes: Uint8Array, start: number, stop: number): DecodedRun | null {
  let end = stop
  while (end < bytes.length && end < stop + 2 && bytes[end] === 0x3d) end++
  if (end - start >= MIN_HEX_RUN && isHex(bytes, start, end)) return decodeHex(bytes, start, end)
  return mayReadAsBase64(bytes, start) ? decodeBase64(bytes, start, end) : null
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (letterClasses[bytes[at]!] !== 3 && bytes[at] !== 0x5c && bytes[at] !== 0x6e && bytes[at] !== 0x0a && bytes[at] !== 0x0d && bytes[at] !== 0x20 && bytes[at] !== 0x09) return false
  return true
}

/** False when the first twelve letters decode to nothing that {@link isWorthReading}: identifiers are long runs too, and decoding each would take most of the time. */
function mayReadAsBase64(bytes: Uint8Array, start: number): boolean {
  let readable = 0
  let zeros = 0
  for (let at = start; at < start + 12; at += 4) {
    const word = (sextets[bytes[at]!]! << 18) | (sextets[bytes[at + 1]!]! << 12) | (sextets[bytes[at + 2]!]! << 6) | sextets[bytes[at + 3]!]!
    if (at === start) {
      const [a, b] = [word >> 16, (word >> 8) & 255]
      if ((a === 0x1f && b === 0x8b) || (a === 0x50 && b === 0x4b) || (a === 0x30 && b >= 0x81 && b <= 0x84) || (a === 0xfe && b === 0xed)) return true
    }
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (word >> shift) & 255
      if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09) readable++
      else if (byte === 0) zeros++
    }
  }
  return readable >= 7 || (zeros >= 3 && readable >= 3)
}

/** Where the next line of a wrapped run begins; null when the run ends here. */
function nextLine(bytes: Uint8Array, pos: number): number | null {
  let at = pos
  if (bytes[at] === 0x5c && bytes[at + 1] === 0x6e) at += 2
  else {
    if (bytes[at] === 0x0d) at++
    if (bytes[at] !== 0x0a) return null
    at++
    const limit = at + 32
    while (at < limit && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++
  }
  return at < bytes.length && letterClasses[bytes[at]!] !== 0 ? at : null
}

function decodeHex(bytes: Uint8Array, start: number, end: number): DecodedRun | null {
  if ((end - start) % 2 !== 0) return null
  const decoded = Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'), 'hex')
  return isWorthReading(decoded) ? { decoder: 'hex', start, end, bytes: decoded } : null
}

function decodeBase64(bytes: Uint8Array, start: number, end: number): DecodedRun | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  const decoded = Buffer.from(text.includes('\\n') ? text.replaceAll('\\n', '') : text, 'base64')
  return isWorthReading(decoded) ? { decoder: 'base64', start, end, bytes: decoded } : null
}

/** Stretches of text with percent escapes (RFC 3986 §2.1) or `\xNN`, `\uNNNN`, `\u{N}` and `\NNN` escapes, decoded around them. */
export function* escapeRuns(bytes: Uint8Array, { percents, escapes }: Pick<TextSigns, 'percents' | 'escapes'>): Generator<DecodedRun, void, void> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (percents >= MIN_PERCENTS) yield* percentRuns(buffer)
  if (escapes >= MIN_ESCAPES) {
    yield* matches(buffer, 'escape', /(?:\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\x[0-9a-fA-F]{2})(?:[\w.:/@=+-]{0,64}(?:\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\x[0-9a-fA-F]{2})){3,4000}[\w.:/@=+-]{0,64}/g,
      (text) => text.replaceAll(/\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})/g, (_, long?: string, four?: string, two?: string) => {
        if (two !== undefined) return String.fromCharCode(Number.parseInt(two, 16))
        const code = Number.parseInt(long ?? four ?? '0', 16)
        return Buffer.from(String.fromCodePoint(code > 0x10ffff ? 0xfffd : code)).toString('latin1')
      }))
  }
}

/** 1: may stand in a URL or form value. Percent itself is left out. */
const urlBytes = new Uint8Array(256)
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~!*'();:@&=+$,/?#[]-") urlBytes[char.charCodeAt(0)] = 1

/** Each byte is looked at twice at most: once forward, once backward from the first escape of a run. */
function* percentRuns(buffer: Buffer): Generator<DecodedRun, void, void> {
  let free = 0
  let runs = 0
  for (let sign = buffer.indexOf(0x25); sign >= 0 && runs < MAX_RUNS; sign = buffer.indexOf(0x25, free)) {
    let start = sign
    while (start > free && urlBytes[buffer[start - 1]!] === 1) start--
    let end = sign
    let escapes = 0
    for (;;) {
      if (isPercentEscape(buffer, end)) { end += 3; escapes++ } else if (end < buffer.length && urlBytes[buffer[end]!] === 1) end++
      else break
    }
    free = Math.max(end, sign + 1)
    if (escapes < MIN_PERCENTS) continue
    const text = buffer.toString('latin1', start, end).replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    const bytes = Buffer.from(text, 'latin1')
    if (!isWorthReading(bytes)) continue
    runs++
    yield { decoder: 'percent', start, end, bytes }
  }
}

function isPercentEscape(buffer: Buffer, at: number): boolean {
  return buffer[at] === 0x25 && at + 2 < buffer.length && letterClasses[buffer[at + 1]!] === 3 && letterClasses[buffer[at + 2]!] === 3
}

function* matches(buffer: Buffer, decoder: 'escape', pattern: RegExp, decode: (text: string) => string): Generator<DecodedRun, void, void> {
  const text = buffer.toString('latin1')
  let runs = 0
  for (let match = pattern.exec(text); match !== null && runs < MAX_RUNS; match = pattern.exec(text)) {
    const bytes = Buffer.from(decode(match[0]), 'latin1')
    if (!isWorthReading(bytes)) continue
    runs++
    yield { decoder, start: match.index, end: match.index + match[0].length, bytes }
  }
}

/** The UTF-8 form of UTF-16 text, told by its byte order mark or by its zeros; null for anything else. */
export function fromUtf16(bytes: Uint8Array, { hasZero }: Pick<TextSigns, 'hasZero'>): { readonly order: 'utf-16le' | 'utf-16be'; readonly bytes: Uint8Array } | null {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
  const order = mark ?? (hasZero ? orderByZeros(bytes) : null)
  if (order === null || bytes.length < 4) return null
  const text = new TextDecoder(order).decode(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return { order, bytes: Buffer.from(text, 'utf8') }
}

function orderByZeros(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = Math.min(bytes.length - (bytes.length % 2), 1024)
  if (sample < 16) return null
  let even = 0
  let odd = 0
  for (let i = 0; i < sample; i += 2) { if (bytes[i] === 0) even++; if (bytes[i + 1] === 0) odd++ }
  const half = sample / 2
  if (odd >= half * 0.85 && even === 0) return 'utf-16le'
  return even >= half * 0.85 && odd === 0 ? 'utf-16be' : null
}
