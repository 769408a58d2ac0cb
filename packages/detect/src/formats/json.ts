import { type Entry, latin1Of, type Parsed, type Scalar, type Tree, TreeLimit, treeLimits } from './tree.ts'

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Malformed text; caught in {@link parseJson}. */
class NotJson extends Error {}

class JsonReader {
  readonly text: string
  pos = 0
  nodes = 0

  constructor(text: string) { this.text = text }

  skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.pos)
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x2c) this.pos++
      else if (code !== 0x2f) return
      else if (this.text.startsWith('//', this.pos)) this.pos = endOrLength(this.text, '\n', this.pos)
      else if (this.text.startsWith('/*', this.pos)) this.pos = Math.min(endOrLength(this.text, '*/', this.pos) + 2, this.text.length)
      else return
    }
  }

  value(depth: number): Tree {
    if (depth > treeLimits.maxDepth || ++this.nodes > treeLimits.maxNodes) throw new TreeLimit()
    this.skipSpace()
    const char = this.text[this.pos]
    if (char === '{') return this.mapping(depth)
    if (char === '[') return this.sequence(depth)
    if (char === '"') return this.string()
    return this.word()
  }

  mapping(depth: number): Tree {
    const start = this.pos++
    const entries: Entry[] = []
    for (;;) {
      this.skipSpace()
      if (this.text[this.pos] === '}') return { kind: 'map', entries, start, end: ++this.pos }
      if (this.text[this.pos] !== '"') throw new NotJson()
      const key = this.string()
      this.skipSpace()
      if (this.text[this.pos++] !== ':') throw new NotJson()
      entries.push({ key, value: this.value(depth + 1) })
    }
  }

  sequence(depth: number): Tree {
    const start = this.pos++
    const items: Tree[] = []
    for (;;) {
      this.skipSpace()
      if (this.text[this.pos] === ']') return { kind: 'list', items, start, end: ++this.pos }
      items.push(this.value(depth + 1))
    }
  }

  string(): Scalar {
    const start = ++this.pos
    for (;;) {
      const char = this.text.charCodeAt(this.pos)
      if (Number.isNaN(char)) throw new NotJson()
      if (char === 0x22) break
      this.pos += char === 0x5c ? 2 : 1
    }
    const raw = this.text.slice(start, this.pos++)
    return { kind: 'scalar', text: raw.includes('\\') ? unescapeText(raw) : raw, start, end: this.pos - 1, style: 'quoted', tag: null }
  }

  word(): Scalar {
    const start = this.pos
    while (this.pos < this.text.length && /[\w.+-]/.test(this.text[this.pos]!)) this.pos++
    if (this.pos === start) throw new NotJson()
    return { kind: 'scalar', text: this.text.slice(start, this.pos), start, end: this.pos, style: 'plain', tag: null }
  }
}

/** The index of `what` from `from` on, or the length of the text. */
function endOrLength(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from)
  return found < 0 ? text.length : found
}

/** Resolves the backslash escapes of JSON and of YAML double quotes; unknown escapes yield the escaped character. */
export function unescapeText(raw: string): string {
  return raw.replaceAll(/\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|\r?\n[ \t]*|([^]))/g,
    (_, high?: string, low?: string, four?: string, eight?: string, two?: string, other?: string) => {
      if (high !== undefined && low !== undefined) {
        return latin1Of(0x10000 + (Number.parseInt(high, 16) - 0xd800) * 0x400 + (Number.parseInt(low, 16) - 0xdc00))
      }
      const digits = four ?? eight ?? two
      if (digits !== undefined) return latin1Of(Number.parseInt(digits, 16))
      return other === undefined ? '' : simpleEscapes[other] ?? other
    })
}

/**
 * Reads a JSON document (RFC 8259; comments are allowed, commas are not insisted on) and tells where each value stands.
 * Returns no document for text that is not JSON; `limited` when nesting or size went past {@link treeLimits}.
 */
export function parseJson(text: string): Parsed {
  const reader = new JsonReader(text)
  try {
    return { documents: [reader.value(0)], limited: false }
  } catch (error) {
    if (error instanceof TreeLimit) return { documents: [], limited: true }
    if (error instanceof NotJson) return { documents: [], limited: false }
    throw error
  }
}
