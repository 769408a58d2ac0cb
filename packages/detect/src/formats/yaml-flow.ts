import { unescapeText } from './json.ts'
import { type Entry, type Scalar, type Tree, TreeLimit, treeLimits, trimEnd } from './tree.ts'

/** Reads flow collections and quoted scalars (YAML 1.2.2 §7). Its total work is a constant times the text's length. */
export class YamlFlow {
  readonly #text: string
  readonly #count: () => void
  #work = 0

  constructor(text: string, count: () => void) {
    this.#text = text
    this.#count = count
  }

  /** The node that starts at `pos` and the offset behind it; null when it is malformed. */
  read(pos: number, depth: number): { readonly node: Tree; readonly next: number } | null {
    if (depth > treeLimits.maxDepth) throw new TreeLimit()
    this.#count()
    const start = this.#skip(pos)
    const char = this.#text[start]
    if (char === '{') return this.#mapping(start, depth)
    if (char === '[') return this.#sequence(start, depth)
    if (char === '"' || char === "'") return this.#quoted(start, char)
    return this.#plain(start)
  }

  /** Each character looked at is paid for; a text that makes us look at it over and over is given up. */
  #pay(characters: number): void {
    this.#work += characters
    if (this.#work > this.#text.length * 8 + 10_000) throw new TreeLimit()
  }

  #skip(pos: number): number {
    let at = pos
    for (;;) {
      while (at < this.#text.length && ' \t\r\n'.includes(this.#text[at]!)) at++
      if (this.#text[at] !== '#') break
      const end = this.#text.indexOf('\n', at)
      at = end < 0 ? this.#text.length : end
    }
    this.#pay(at - pos + 1)
    return at
  }

  #quoted(start: number, quote: string): { readonly node: Scalar; readonly next: number } | null {
    let at = start + 1
    for (;;) {
      if (at >= this.#text.length) { this.#pay(at - start); return null }
      const char = this.#text[at]
      if (char === '\\' && quote === '"') at += 2
      else if (char !== quote) at++
      else if (quote === "'" && this.#text[at + 1] === "'") at += 2
      else break
    }
    this.#pay(at - start)
    const raw = this.#text.slice(start + 1, at)
    const unescaped = quote === '"' ? unescapeText(raw) : raw.replaceAll("''", "'")
    const text = raw.includes('\n') ? unescaped.replaceAll(/[ \t]*\r?\n[ \t]*/g, ' ') : unescaped
    return { node: { kind: 'scalar', text, start: start + 1, end: at, style: 'quoted', tag: null }, next: at + 1 }
  }

  #plain(start: number): { readonly node: Scalar; readonly next: number } | null {
    let at = start
    while (at < this.#text.length) {
      const char = this.#text[at]!
      if (',]}\n'.includes(char)) break
      if (char === ':' && /[\s,\]}]/.test(this.#text[at + 1] ?? ' ')) break
      if (char === '#' && this.#text[at - 1] === ' ') break
      at++
    }
    this.#pay(at - start + 1)
    const text = trimEnd(this.#text.slice(start, at))
    return { node: { kind: 'scalar', text, start, end: start + text.length, style: text.startsWith('*') ? 'alias' : 'plain', tag: null }, next: at }
  }

  #sequence(start: number, depth: number): { readonly node: Tree; readonly next: number } | null {
    const items: Tree[] = []
    let at = this.#skip(start + 1)
    while (this.#text[at] !== ']') {
      const item = this.read(at, depth + 1)
      if (item === null || at >= this.#text.length) return null
      let value = item.node
      let next = this.#skip(item.next)
      if (this.#text[next] === ':' && value.kind === 'scalar') {
        const single = this.read(next + 1, depth + 1)
        if (single === null) return null
        value = { kind: 'map', entries: [{ key: value, value: single.node }], start: at, end: single.next }
        next = this.#skip(single.next)
      }
      items.push(value)
      if (this.#text[next] === ',') next = this.#skip(next + 1)
      else if (this.#text[next] !== ']') return null
      at = next
    }
    return { node: { kind: 'list', items, start, end: at + 1 }, next: at + 1 }
  }

  #mapping(start: number, depth: number): { readonly node: Tree; readonly next: number } | null {
    const entries: Entry[] = []
    let at = this.#skip(start + 1)
    while (this.#text[at] !== '}') {
      const key = at >= this.#text.length ? null : this.read(at, depth + 1)
      if (key === null || key.node.kind !== 'scalar') return null
      let next = this.#skip(key.next)
      let value: Tree = { kind: 'scalar', text: '', start: next, end: next, style: 'plain', tag: null }
      if (this.#text[next] === ':') {
        const read = this.read(next + 1, depth + 1)
        if (read === null) return null
        value = read.node
        next = this.#skip(read.next)
      }
      entries.push({ key: key.node, value })
      if (this.#text[next] === ',') next = this.#skip(next + 1)
      else if (this.#text[next] !== '}') return null
      at = next
    }
    return { node: { kind: 'map', entries, start, end: at + 1 }, next: at + 1 }
  }
}
