import type { Regex, RegexNode } from './ast.ts'
import { anyButNewline, anyByte, byteSet, foldCase } from './byte-set.ts'
import { patternError, type Cursor } from './cursor.ts'
import { parseClass, readEscape, unicodeClass } from './parse-class.ts'

const MAX_PATTERN_LENGTH = 50_000
const MAX_DEPTH = 100
/** RE2's own bound on a counted repetition. */
const MAX_COUNT = 1_000

type Flags = { readonly ignoreCase: boolean; readonly multiLine: boolean; readonly dotAll: boolean; readonly swapGreed: boolean }

/**
 * Reads a pattern of Go's RE2 syntax (https://github.com/google/re2/wiki/Syntax) into a tree over the bytes of UTF-8 text. A class that is
 * negated, and the dot, take one byte of a longer character at a time; case folds in ASCII alone.
 *
 * @throws MusterError config.invalid for what RE2 would refuse too, and beyond 50,000 characters or 100 nested groups.
 */
export function parseRegex(pattern: string): Regex {
  if (pattern.length > MAX_PATTERN_LENGTH) throw patternError('it is longer than 50,000 characters', MAX_PATTERN_LENGTH)
  const reader = new Reader(pattern)
  const root = reader.alternation({ ignoreCase: false, multiLine: false, dotAll: false, swapGreed: false }, 0)
  if (reader.cursor.at < pattern.length) throw patternError('unexpected )', reader.cursor.at)
  return { root, captures: reader.captures, source: pattern }
}

class Reader {
  readonly cursor: Cursor
  captures = 0

  constructor(text: string) {
    this.cursor = { text, at: 0 }
  }

  /** Up to the closing parenthesis or the end; flags set inside hold until there. */
  alternation(outer: Flags, depth: number): RegexNode {
    if (depth > MAX_DEPTH) throw patternError('groups are nested too deeply', this.cursor.at)
    let flags = outer
    const options: RegexNode[][] = [[]]
    const { cursor } = this
    while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== ')') {
      const parts = options.at(-1)!
      if (cursor.text[cursor.at] === '|') {
        cursor.at++
        options.push([])
        continue
      }
      const item = this.#item(flags, depth)
      if ('flags' in item) flags = item.flags
      else parts.push(...this.#quantified(item.nodes, flags))
    }
    const nodes = options.map((parts): RegexNode => parts.length === 1 ? parts[0]! : { type: 'concat', parts })
    return nodes.length === 1 ? nodes[0]! : { type: 'alternation', options: nodes }
  }

  #item(flags: Flags, depth: number): { readonly nodes: readonly RegexNode[] } | { readonly flags: Flags } {
    const { cursor } = this
    const char = cursor.text[cursor.at]!
    switch (char) {
      case '(': return this.#group(flags, depth)
      case '[': return { nodes: [classAt(cursor, flags.ignoreCase)] }
      case '.': cursor.at++; return { nodes: [{ type: 'set', set: flags.dotAll ? anyByte : anyButNewline }] }
      case '^': cursor.at++; return { nodes: [{ type: 'place', place: flags.multiLine ? 'line-start' : 'text-start' }] }
      case '$': cursor.at++; return { nodes: [{ type: 'place', place: flags.multiLine ? 'line-end' : 'text-end' }] }
      case '\\': return { nodes: this.#escape(flags) }
      case '*': case '+': case '?': throw patternError(`nothing to repeat before ${char}`, cursor.at)
      default: {
        const codePoint = cursor.text.codePointAt(cursor.at)!
        cursor.at += codePoint > 0xffff ? 2 : 1
        return { nodes: [literal(codePoint, flags.ignoreCase)] }
      }
    }
  }

  #group(flags: Flags, depth: number): { readonly nodes: readonly RegexNode[] } | { readonly flags: Flags } {
    const { cursor } = this
    const opened = cursor.at
    let inner = flags
    let name: string | null = null
    let captures = true
    cursor.at++
    if (cursor.text[cursor.at] === '?') {
      const rest = cursor.text.slice(cursor.at, cursor.at + 200)
      const named = /^\?P?<([A-Za-z_]\w*)>/.exec(rest)
      const flagged = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest)
      if (named !== null) {
        name = named[1]!
        cursor.at += named[0].length
      } else if (flagged !== null) {
        cursor.at += flagged[0].length
        inner = withFlags(flags, flagged[1]!, flagged[2] ?? '')
        if (flagged[3] === ')') return { flags: inner }
        captures = false
      } else throw patternError('unknown group', opened)
    }
    const index = captures ? ++this.captures : 0
    const body = this.alternation(inner, depth + 1)
    if (cursor.text[cursor.at] !== ')') throw patternError('a group is not closed', opened)
    cursor.at++
    return { nodes: [captures ? { type: 'capture', body, index, name } : body] }
  }

  #escape(flags: Flags): readonly RegexNode[] {
    const { cursor } = this
    const letter = cursor.text[cursor.at + 1] ?? ''
    const places = { A: 'text-start', z: 'text-end', b: 'word-boundary', B: 'not-word-boundary' } as const
    if (letter in places) {
      cursor.at += 2
      return [{ type: 'place', place: places[letter as keyof typeof places] }]
    }
    if (letter === 'Q') {
      const end = cursor.text.indexOf('\\E', cursor.at + 2)
      const quoted = cursor.text.slice(cursor.at + 2, end < 0 ? undefined : end)
      cursor.at = end < 0 ? cursor.text.length : end + 2
      return Array.from(quoted, (char) => literal(char.codePointAt(0)!, flags.ignoreCase))
    }
    const escape = readEscape(cursor)
    if (typeof escape === 'number') return [literal(escape, flags.ignoreCase)]
    return [unicodeClass({ ascii: flags.ignoreCase ? foldCase(escape.ascii) : escape.ascii, beyond: escape.beyond })]
  }

  #quantified(nodes: readonly RegexNode[], flags: Flags): readonly RegexNode[] {
    const { cursor } = this
    const char = cursor.text[cursor.at]
    if (char !== '{' && char !== '*' && char !== '+' && char !== '?') return nodes
    const quantifier = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/.exec(cursor.text.slice(cursor.at, cursor.at + 24))
    if (quantifier === null || nodes.length === 0) return nodes
    const [whole, symbol, low, comma, high, lazyMark] = quantifier
    const min = symbol === undefined ? Number(low) : symbol === '+' ? 1 : 0
    const max = symbol === undefined ? (comma === undefined ? min : high === '' ? Infinity : Number(high)) : symbol === '?' ? 1 : Infinity
    if (min > MAX_COUNT || (max !== Infinity && max > MAX_COUNT) || max < min) throw patternError('the repeat count is not valid', cursor.at)
    cursor.at += whole.length
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(cursor.text.slice(cursor.at, cursor.at + 24))) throw patternError('a repetition is repeated', cursor.at)
    const lazy = (lazyMark === '?') !== flags.swapGreed
    return [...nodes.slice(0, -1), { type: 'repeat', body: nodes.at(-1)!, min, max, lazy }]
  }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const pick = (letter: string, now: boolean) => on.includes(letter) ? true : off.includes(letter) ? false : now
  return { ignoreCase: pick('i', flags.ignoreCase), multiLine: pick('m', flags.multiLine), dotAll: pick('s', flags.dotAll), swapGreed: pick('U', flags.swapGreed) }
}

function literal(codePoint: number, ignoreCase: boolean): RegexNode {
  if (codePoint < 0x80) return literals[Number(ignoreCase)]![codePoint] ??= { type: 'set', set: ignoreCase ? foldCase(byteSet(codePoint)) : byteSet(codePoint) }
  return { type: 'concat', parts: Array.from(new TextEncoder().encode(String.fromCodePoint(codePoint)), (byte): RegexNode => ({ type: 'set', set: byteSet(byte) })) }
}

/** By case and byte: literals are made once, for rules are made of the same ones. */
const literals: [RegexNode[], RegexNode[]] = [[], []]

/** Classes met before, by case and text; no more than these, whatever patterns come. */
const classes = new Map<string, RegexNode>()
const MAX_CLASSES = 1_000
/** A class that holds no other. */
const plainClass = /\[\^?\]?(?:[^\\[\]]|\\[^])*\]/y

function classAt(cursor: Cursor, ignoreCase: boolean): RegexNode {
  plainClass.lastIndex = cursor.at
  const text = plainClass.exec(cursor.text)?.[0]
  if (text === undefined) return parseClass(cursor, ignoreCase)
  const key = `${Number(ignoreCase)}${text}`
  const known = classes.get(key)
  if (known !== undefined) {
    cursor.at += text.length
    return known
  }
  const opened = cursor.at
  const made = parseClass(cursor, ignoreCase)
  if (cursor.at - opened === text.length && classes.size < MAX_CLASSES) classes.set(key, made)
  return made
}
