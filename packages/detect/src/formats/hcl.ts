import { unescapeText } from './json.ts'
import { type Entry, type Parsed, type Scalar, trimEnd, type Tree, TreeLimit, treeLimits } from './tree.ts'

/** The tag of what only a run of Terraform can work out: a variable, a call, a condition. */
export const COMPUTED = '!computed'

/** Calls that give back what they are given, written another way. */
const transparent = /^(?:jsonencode|tolist|toset|tomap|trimspace)\s{0,16}\(/

/** Text that is no HCL from here on; what was read before it counts. */
class NotHcl extends Error {}

class HclReader {
  readonly text: string
  pos = 0
  #nodes = 0

  constructor(text: string) { this.text = text }

  body(entries: Entry[], depth: number): void {
    for (;;) {
      this.#skip(true)
      const char = this.text[this.pos]
      if (char === undefined || char === '}') return
      const key = this.#key()
      const labels = [key.text]
      for (;;) {
        this.#skip(false)
        const next = this.text[this.pos]
        if (next === '=' || next === ':') { this.pos++; entries.push({ key, value: this.#expression(depth + 1) }); break }
        if (next === '{') {
          const start = this.pos++
          const inner: Entry[] = []
          entries.push({ key: { ...key, text: labels.join('.') }, value: { kind: 'map', entries: inner, start, end: start + 1 } })
          this.body(inner, this.#deeper(depth))
          if (this.text[this.pos++] !== '}') throw new NotHcl()
          break
        }
        if (labels.length > 4) throw new NotHcl()
        labels.push(this.#key().text)
      }
      this.#skip(false)
      if (this.text[this.pos] === ',') this.pos++
    }
  }

  #deeper(depth: number): number {
    if (depth > treeLimits.maxDepth || ++this.#nodes > treeLimits.maxNodes) throw new TreeLimit()
    return depth + 1
  }

  #key(): Scalar {
    if (this.text[this.pos] === '"') return this.#string()
    if (this.text[this.pos] === '(') { const start = this.pos; this.#balanced(); return this.#raw(start, COMPUTED) }
    const start = this.pos
    while (/[\w.-]/.test(this.text[this.pos] ?? '')) this.pos++
    if (this.pos === start) throw new NotHcl()
    return this.#raw(start, null)
  }

  #expression(depth: number): Tree {
    const below = this.#deeper(depth)
    this.#skip(true)
    const start = this.pos
    const value = this.#primary(below)
    this.#skip(false)
    if (value !== null && /^(?:[\r\n,\]})]|$)/.test(this.text.slice(this.pos, this.pos + 1))) return value
    this.#toEnd()
    return this.#raw(start, COMPUTED)
  }

  /** A value as it is written; null for what has to be worked out. */
  #primary(depth: number): Tree | null {
    const char = this.text[this.pos]
    if (char === '"') return this.#string()
    if (this.text.startsWith('<<', this.pos)) return this.#heredoc()
    if (char === '[' || char === '{') return this.#comprehension() ? null : char === '[' ? this.#list(depth) : this.#object(depth)
    const call = transparent.exec(this.text.slice(this.pos, this.pos + 40))
    if (call === null) return this.#word()
    this.pos += call[0].length
    const value = this.#expression(depth)
    this.#skip(true)
    if (this.text[this.pos++] !== ')') throw new NotHcl()
    return value
  }

  #comprehension(): boolean {
    return /^[[{]\s{0,64}for\s/.test(this.text.slice(this.pos, this.pos + 72))
  }

  #word(): Scalar | null {
    const start = this.pos
    while (/[\w.+-]/.test(this.text[this.pos] ?? '')) this.pos++
    const word = this.#raw(start, null)
    return /^(?:true|false|null|[\d.eE+-]+)$/.test(word.text) ? word : null
  }

  #list(depth: number): Tree {
    const start = this.pos++
    const items: Tree[] = []
    for (;;) {
      this.#skip(true)
      if (this.text[this.pos] === ']') return { kind: 'list', items, start, end: ++this.pos }
      items.push(this.#expression(depth))
      this.#skip(true)
      if (this.text[this.pos] === ',') this.pos++
      else if (this.text[this.pos] !== ']') throw new NotHcl()
    }
  }

  #object(depth: number): Tree {
    const start = this.pos++
    const entries: Entry[] = []
    this.body(entries, depth)
    if (this.text[this.pos++] !== '}') throw new NotHcl()
    return { kind: 'map', entries, start, end: this.pos }
  }

  #string(): Scalar {
    const start = ++this.pos
    while (this.text[this.pos] !== '"') {
      const char = this.text[this.pos]
      if (char === undefined || char === '\n') throw new NotHcl()
      if (char === '\\') this.pos += 2
      else if ((char === '$' || char === '%') && this.text[this.pos + 1] === '{') { this.pos++; this.#balanced() } else this.pos++
    }
    const raw = this.text.slice(start, this.pos++)
    return { kind: 'scalar', text: raw.includes('\\') ? unescapeText(raw) : raw, start, end: this.pos - 1, style: 'quoted', tag: /^\$\{[^{}]*\}$/.test(raw) ? COMPUTED : null }
  }

  #heredoc(): Scalar {
    const opening = /^<<-?([A-Za-z_]\w{0,63})[ \t]*\r?\n/.exec(this.text.slice(this.pos, this.pos + 80))
    if (opening === null) throw new NotHcl()
    const start = this.pos + opening[0].length
    for (let line = start; line < this.text.length;) {
      const stop = this.text.indexOf('\n', line)
      const end = stop < 0 ? this.text.length : stop
      if (this.text.slice(line, end).trim() === opening[1]) {
        this.pos = end
        return { kind: 'scalar', text: this.text.slice(start, Math.max(start, line - 1)), start, end: Math.max(start, line - 1), style: 'block', tag: null }
      }
      line = end + 1
    }
    throw new NotHcl()
  }

  /** Past what is in brackets, strings in it among them; from the opening one. */
  #balanced(): void {
    const open: number[] = []
    for (; this.pos < this.text.length; this.pos++) {
      const char = this.text[this.pos]!
      if (open.at(-1) === 0x22) {
        if (char === '\\') this.pos++
        else if (char === '"') open.pop()
        else if (char === '$' && this.text[this.pos + 1] === '{') { this.pos++; open.push(0x7d) }
      } else if (char === '"') open.push(0x22)
      else if (char === '(' || char === '[' || char === '{') open.push(0x7d)
      else if (char === ')' || char === ']' || char === '}') open.pop()
      if (open.length === 0) { this.pos++; return }
    }
    throw new NotHcl()
  }

  /** To the end of an expression: the line's, or where what is around it goes on. */
  #toEnd(): void {
    for (;;) {
      const char = this.text[this.pos]
      if (char === undefined || char === '\n' || char === ',' || char === ']' || char === '}' || char === ')') return
      if (char === '#' || this.text.startsWith('//', this.pos)) return
      if (char === '"' || char === '(' || char === '[' || char === '{') this.#balanced()
      else this.pos++
    }
  }

  #raw(start: number, tag: string | null): Scalar {
    const text = trimEnd(this.text.slice(start, this.pos))
    return { kind: 'scalar', text, start, end: start + text.length, style: 'plain', tag }
  }

  #skip(lines: boolean): void {
    for (;;) {
      const char = this.text[this.pos]
      if (char === ' ' || char === '\t' || char === '\r' || (lines && char === '\n')) this.pos++
      else if (char === '#' || this.text.startsWith('//', this.pos)) this.pos = this.#find('\n')
      else if (this.text.startsWith('/*', this.pos)) this.pos = Math.min(this.#find('*/') + 2, this.text.length)
      else return
    }
  }

  #find(what: string): number {
    const found = this.text.indexOf(what, this.pos)
    return found < 0 ? this.text.length : found
  }
}

/**
 * Reads HCL (the language of Terraform, native syntax) as far as it can be without running it. The one document is a mapping of attributes and blocks; a
 * block's key is its type and labels joined by dots (`resource.aws_iam_role.ci`), a block that is repeated stands in it as often. What has to be worked
 * out is a scalar with the tag {@link COMPUTED}; `${…}` inside a longer text stays as it is written. Of a text that breaks off, what stands before counts.
 */
export function parseHcl(text: string): Parsed {
  const reader = new HclReader(text)
  const entries: Entry[] = []
  const document: Tree = { kind: 'map', entries, start: 0, end: text.length }
  try {
    reader.body(entries, 0)
    return { documents: [document], limited: false }
  } catch (error) {
    if (error instanceof TreeLimit) return { documents: [document], limited: true }
    if (error instanceof NotHcl) return { documents: [document], limited: false }
    throw error
  }
}
