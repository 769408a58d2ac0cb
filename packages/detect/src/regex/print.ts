import type { Place, RegexNode } from './ast.ts'
import { bytesOf, complement, sizeOf, type ByteSet } from './byte-set.ts'

const places: Readonly<Record<Place, string>> = {
  // A text is handed over without JavaScript's `m`, and its own `$` and line ends differ from RE2's.
  'text-start': '^', 'text-end': '$', 'line-start': String.raw`(?<![^\n])`, 'line-end': String.raw`(?![^\n])`, 'word-boundary': String.raw`\b`, 'not-word-boundary': String.raw`\B`,
}

/** The tree as the source of a JavaScript regular expression without flags, for texts of one character per byte (latin1). */
export function printRegex(node: RegexNode): string {
  switch (node.type) {
    case 'set': return printSet(node.set)
    case 'place': return places[node.place]
    case 'capture': return node.name === null ? `(${printRegex(node.body)})` : `(?<${node.name}>${printRegex(node.body)})`
    case 'concat': return node.parts.map((part) => part.type === 'alternation' ? `(?:${printRegex(part)})` : printRegex(part)).join('')
    case 'alternation': return node.options.map((option) => printRegex(option)).join('|')
    case 'repeat': return `${node.body.type === 'set' || node.body.type === 'capture' ? printRegex(node.body) : `(?:${printRegex(node.body)})`}${quantifier(node.min, node.max)}${node.lazy ? '?' : ''}`
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

/** Rules are made of the same sets again and again. */
const printed = new WeakMap<ByteSet, string>()

function printSet(set: ByteSet): string {
  const known = printed.get(set)
  if (known !== undefined) return known
  const text = setSource(set)
  printed.set(set, text)
  return text
}

function setSource(set: ByteSet): string {
  const size = sizeOf(set)
  if (size === 256) return '[^]'
  if (size === 1) return printByte(bytesOf(set)[0]!)
  return size > 128 ? `[^${ranges(complement(set))}]` : `[${ranges(set)}]`
}

function ranges(set: ByteSet): string {
  let text = ''
  for (let from = 0; from < 256; from++) {
    if (set[from] === 0) continue
    let to = from
    while (to < 255 && set[to + 1] === 1) to++
    text += to === from ? printByte(from) : `${printByte(from)}-${printByte(to)}`
    from = to
  }
  return text
}

function printByte(byte: number): string {
  const plain = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f
  return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
}
