import type { RegexNode } from './ast.ts'
import { byteSet, complement, foldCase, perlClasses, posixClasses, union, type ByteSet } from './byte-set.ts'
import { patternError, type Cursor } from './cursor.ts'

/** Code points of a class: ASCII as a set; `beyond` lists single characters above it, or is 'any' for all of them. */
export type CodePoints = { readonly ascii: ByteSet; readonly beyond: readonly number[] | 'any' }

const ASCII = byteSet([0, 0x7f])
const HIGH = byteSet([0x80, 0xff])
/** More single characters above ASCII than this are read as "any of them". */
const MAX_SINGLES = 64

/** A class as a tree: a set when ASCII or everything above it is meant, otherwise with the UTF-8 of each character beside it. */
export function unicodeClass({ ascii, beyond }: CodePoints): RegexNode {
  if (beyond === 'any') return { type: 'set', set: union(ascii, HIGH) }
  if (beyond.length === 0) return { type: 'set', set: ascii }
  const sequences = beyond.map((codePoint): RegexNode => ({
    type: 'concat', parts: Array.from(new TextEncoder().encode(String.fromCodePoint(codePoint)), (byte): RegexNode => ({ type: 'set', set: byteSet(byte) })),
  }))
  return { type: 'alternation', options: [{ type: 'set', set: ascii }, ...sequences] }
}

/** One escape outside or inside a class: a character's code point or a class. */
export function readEscape(cursor: Cursor): number | CodePoints {
  const started = cursor.at
  const rest = cursor.text.slice(started + 1, started + 40)
  const letter = rest[0]
  if (letter === undefined) throw patternError('it ends in a backslash', started)
  const perl = perlClasses[letter.toLowerCase()]
  if (perl !== undefined) {
    cursor.at += 2
    return letter === letter.toLowerCase() ? { ascii: perl, beyond: [] } : { ascii: intersectAscii(complement(perl)), beyond: 'any' }
  }
  const control = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 }[letter]
  if (control !== undefined) {
    cursor.at += 2
    return control
  }
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest)
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)
  const property = /^[pP](?:([A-Z])|\{(\^?)([A-Za-z_]{1,30})\})/.exec(rest)
  if (hex !== null || octal !== null) {
    cursor.at += 1 + (hex ?? octal)![0].length
    const codePoint = hex === null ? Number.parseInt(octal![0], 8) : Number.parseInt(hex[1] ?? hex[2]!, 16)
    if (codePoint > 0x10ffff) throw patternError('not a character', started)
    return codePoint
  }
  if (property !== null) {
    cursor.at += 1 + property[0].length
    return propertyClass(property[1] ?? property[3]!, (letter === 'P') !== (property[2] === '^'), started)
  }
  if (/[0-9A-Za-z]/.test(letter)) throw patternError(`unknown escape \\${letter}`, started)
  const codePoint = rest.codePointAt(0)!
  cursor.at += 1 + (codePoint > 0xffff ? 2 : 1)
  return codePoint
}

function intersectAscii(set: ByteSet): ByteSet {
  return set.map((flag, byte) => flag & ASCII[byte]!)
}

function propertyClass(name: string, negated: boolean, at: number): CodePoints {
  let test: RegExp
  try {
    test = new RegExp(`^\\p{${/^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`}}$`, 'u')
  } catch (cause) {
    throw Object.assign(patternError('unknown character property', at), { cause })
  }
  const ascii = new Uint8Array(256)
  for (let byte = 0; byte < 0x80; byte++) ascii[byte] = Number(test.test(String.fromCharCode(byte)) !== negated)
  return { ascii, beyond: 'any' }
}

/** A bracketed class; the cursor stands on `[` and is left behind `]`. */
export function parseClass(cursor: Cursor, ignoreCase: boolean): RegexNode {
  const opened = cursor.at
  cursor.at++
  const negated = cursor.text[cursor.at] === '^'
  if (negated) cursor.at++
  let ascii: ByteSet = new Uint8Array(256)
  let beyond: readonly number[] | 'any' = []
  const add = (more: CodePoints) => {
    ascii = union(ascii, more.ascii)
    beyond = beyond === 'any' || more.beyond === 'any' ? 'any' : [...beyond, ...more.beyond]
    if (beyond !== 'any' && beyond.length > MAX_SINGLES) beyond = 'any'
  }
  for (let first = true; first || cursor.text[cursor.at] !== ']'; first = false) {
    if (cursor.at >= cursor.text.length) throw patternError('a class is not closed', opened)
    const posix = /^\[:(\^?)(\w{1,10}):\]/.exec(cursor.text.slice(cursor.at, cursor.at + 16))
    if (posix !== null) {
      const named = posixClasses[posix[2]!]
      if (named === undefined) throw patternError('unknown class name', cursor.at)
      add(posix[1] === '^' ? { ascii: intersectAscii(complement(named)), beyond: 'any' } : { ascii: named, beyond: [] })
      cursor.at += posix[0].length
      continue
    }
    const low = readMember(cursor)
    if (typeof low !== 'number') add(low)
    else if (cursor.text[cursor.at] === '-' && cursor.at + 1 < cursor.text.length && cursor.text[cursor.at + 1] !== ']') {
      cursor.at++
      const high = readMember(cursor)
      if (typeof high !== 'number' || high < low) throw patternError('a range of a class is not valid', cursor.at)
      add(range(low, high))
    } else add(range(low, low))
  }
  cursor.at++
  const folded = ignoreCase ? foldCase(ascii) : ascii
  // One byte at a time for whatever a negated class leaves in above ASCII.
  return negated ? { type: 'set', set: union(intersectAscii(complement(folded)), HIGH) } : unicodeClass({ ascii: folded, beyond })
}

function readMember(cursor: Cursor): number | CodePoints {
  if (cursor.text[cursor.at] === '\\') return readEscape(cursor)
  const codePoint = cursor.text.codePointAt(cursor.at)!
  cursor.at += codePoint > 0xffff ? 2 : 1
  return codePoint
}

function range(low: number, high: number): CodePoints {
  const ascii = low < 0x80 ? byteSet([low, Math.min(high, 0x7f)]) : new Uint8Array(256)
  const from = Math.max(low, 0x80)
  if (high < from) return { ascii, beyond: [] }
  return { ascii, beyond: high - from >= MAX_SINGLES ? 'any' : Array.from({ length: high - from + 1 }, (_, i) => from + i) }
}
