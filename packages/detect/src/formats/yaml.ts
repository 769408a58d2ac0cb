import { unescapeText } from './json.ts'
import { type Entry, type Parsed, type Scalar, type Tree, TreeLimit, treeLimits, trim, trimEnd } from './tree.ts'
import { YamlFlow } from './yaml-flow.ts'

/**
 * Reads the YAML that machines' configuration is written in: block mappings and sequences, flow collections, plain,
 * quoted and block scalars, tags, several documents (YAML 1.2.2 §6–§9). Anchors are read past; an alias is a scalar of
 * its own style and never expanded, so a document cannot grow. Lines that fit nothing, such as template directives, are
 * stepped over and the rest is read.
 */
export function parseYaml(text: string): Parsed {
  const reader = new YamlReader(text)
  const documents: Tree[] = []
  try {
    while (reader.pos < text.length) {
      const document = reader.document()
      if (document !== null) documents.push(document)
    }
    return { documents, limited: false }
  } catch (error) {
    if (error instanceof TreeLimit) return { documents, limited: true }
    throw error
  }
}

/** Where a node begins: its offset and its column. */
type Spot = { readonly pos: number; readonly column: number }

class YamlReader {
  readonly text: string
  readonly flow: YamlFlow
  pos = 0
  lineStart = 0
  nodes = 0

  constructor(text: string) {
    this.text = text
    this.flow = new YamlFlow(text, () => this.count())
  }

  count(): void {
    if (++this.nodes > treeLimits.maxNodes) throw new TreeLimit()
  }

  /** One document up to the next marker; null for an empty one. */
  document(): Tree | null {
    const begin = this.pos
    while (this.text[this.pos] === '%' && this.pos === this.lineStart) this.nextLine()
    if (this.isMarker(this.pos)) {
      this.pos += 3
      if (this.text[this.pos] !== ' ') this.nextLine()
    }
    const items: Tree[] = []
    for (;;) {
      const spot = this.peek()
      if (spot === null) break
      const before = this.pos
      const node = this.node(spot, -1, 0)
      if (node !== null) items.push(node)
      if (this.pos === before) this.nextLine()
    }
    if (this.text.startsWith('...', this.pos) && this.pos === this.lineStart) this.nextLine()
    if (this.pos === begin) this.nextLine()
    if (items.length <= 1) return items[0] ?? null
    const maps = items.filter((item) => item.kind === 'map')
    return { kind: 'map', entries: maps.flatMap((map) => map.entries), start: items[0]!.start, end: items.at(-1)!.end }
  }

  isMarker(pos: number): boolean {
    if (!this.text.startsWith('---', pos) && !this.text.startsWith('...', pos)) return false
    return (pos === 0 || this.text[pos - 1] === '\n' || pos === this.lineStart) && /^(?:\s|$)/.test(this.text.slice(pos + 3, pos + 4))
  }

  nextLine(): void {
    const end = this.text.indexOf('\n', this.pos)
    this.pos = end < 0 ? this.text.length : end + 1
    this.lineStart = this.pos
  }

  /** Moves to the next content on this or a later line; null at the end of the document. */
  peek(): Spot | null {
    for (;;) {
      if (this.pos === this.lineStart && this.isMarker(this.pos)) return null
      let pos = this.pos
      while (this.text[pos] === ' ' || this.text[pos] === '\t' || this.text[pos] === '\r') pos++
      if (pos >= this.text.length) { this.pos = pos; return null }
      const char = this.text[pos]
      const isDirective = this.text.startsWith('{{', pos) && trim(this.text.slice(this.lineStart, pos)) === ''
      if (char !== '\n' && char !== '#' && !isDirective) { this.pos = pos; return { pos, column: pos - this.lineStart } }
      this.pos = pos
      this.nextLine()
    }
  }

  /** The node at `spot`, whose parent stands in column `parent`. Always moves on, or returns null. */
  node(spot: Spot, parent: number, depth: number): Tree | null {
    if (depth > treeLimits.maxDepth) throw new TreeLimit()
    this.count()
    this.pos = spot.pos
    if (this.isDash(spot.pos)) return this.sequence(spot, depth)
    if (this.keyEnd(spot.pos) !== null) return this.mapping(spot, depth)
    return this.inline(parent, depth)
  }

  isDash(pos: number): boolean {
    return this.text[pos] === '-' && /^[ \t\r\n]?$/.test(this.text.slice(pos + 1, pos + 2))
  }

  sequence(first: Spot, depth: number): Tree {
    const items: Tree[] = []
    let spot: Spot | null = first
    while (spot !== null && spot.column === first.column && this.isDash(spot.pos)) {
      this.pos = spot.pos + 1
      const item = this.nested(first.column, depth, false)
      if (item !== null) items.push(item)
      spot = this.peek()
    }
    return { kind: 'list', items, start: first.pos, end: this.pos }
  }

  mapping(first: Spot, depth: number): Tree {
    const entries: Entry[] = []
    let spot: Spot | null = first
    while (spot !== null && spot.column === first.column) {
      const end = this.keyEnd(spot.pos)
      if (end === null) {
        if (this.isDash(spot.pos)) break
        this.nextLine()
      } else {
        const key = this.key(spot.pos, end)
        this.pos = end + 1
        const value = this.nested(first.column, depth, true)
        entries.push({ key, value: value ?? { kind: 'scalar', text: '', start: end + 1, end: end + 1, style: 'plain', tag: null } })
      }
      spot = this.peek()
    }
    return { kind: 'map', entries, start: first.pos, end: this.pos }
  }

  /** The offset of the colon that ends the key at `pos`; null when no key stands there. Looks at one line only. */
  keyEnd(pos: number): number | null {
    const char = this.text[pos]
    let at = pos
    if (char === '"' || char === "'") {
      at = pos + 1
      while (this.text[at] !== char) {
        if (at >= this.text.length || this.text[at] === '\n') return null
        at += char === '"' && this.text[at] === '\\' ? 2 : 1
      }
      at++
      while (this.text[at] === ' ') at++
      return this.text[at] === ':' && isBreak(this.text[at + 1]) ? at : null
    }
    if (char === '{' || char === '[' || char === '|' || char === '>' || char === undefined) return null
    for (; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at)
      if (code === 0x0a) return null
      if (code === 0x3a && at > pos && isBreak(this.text[at + 1])) return at
      if (code === 0x23 && at > pos && this.text[at - 1] === ' ') return null
    }
    return null
  }

  key(start: number, end: number): Scalar {
    const raw = trimEnd(this.text.slice(start, end))
    const quote = raw[0] === '"' || raw[0] === "'" ? raw[0] : null
    if (quote === null) return { kind: 'scalar', text: raw, start, end: start + raw.length, style: 'plain', tag: null }
    const inner = raw.slice(1, -1)
    return {
      kind: 'scalar', text: quote === '"' ? unescapeText(inner) : inner.replaceAll("''", "'"),
      start: start + 1, end: start + raw.length - 1, style: 'quoted', tag: null,
    }
  }

  /** What follows a dash or a colon: on the same line, or the block that is indented deeper. */
  nested(column: number, depth: number, afterKey: boolean): Tree | null {
    const tag = this.properties()
    const line = this.lineStart
    const spot = this.peek()
    if (spot === null) return null
    if (this.lineStart === line) {
      if (!afterKey && (this.isDash(spot.pos) || this.keyEnd(spot.pos) !== null)) return this.node(spot, column, depth + 1)
      return withTag(this.inline(column, depth + 1), tag)
    }
    const deeper = spot.column > column || (afterKey && spot.column === column && this.isDash(spot.pos))
    return deeper ? withTag(this.node(spot, column, depth + 1), tag) : null
  }

  /** Reads past anchors and tags; the last tag is returned. */
  properties(): string | null {
    let tag: string | null = null
    for (;;) {
      while (this.text[this.pos] === ' ' || this.text[this.pos] === '\t') this.pos++
      const char = this.text[this.pos]
      if (char !== '!' && char !== '&') return tag
      const start = this.pos
      while (this.pos < this.text.length && !isBreak(this.text[this.pos])) this.pos++
      if (char === '!') tag = this.text.slice(start, Math.min(this.pos, start + 64))
    }
  }

  /** A scalar or a flow collection that starts here. */
  inline(parent: number, depth: number): Tree {
    const char = this.text[this.pos]
    if (char === '|' || char === '>') return this.blockScalar(parent, char)
    if (char === '"' || char === "'" || ((char === '{' || char === '[') && !this.text.startsWith('{{', this.pos))) {
      const read = this.flow.read(this.pos, depth)
      if (read !== null) {
        this.pos = read.next
        this.lineStart = this.text.lastIndexOf('\n', this.pos - 1) + 1
        this.nextLine()
        return read.node
      }
    }
    return this.plain(parent)
  }

  plain(parent: number): Scalar {
    const start = this.pos
    const parts: string[] = []
    let end = start
    for (;;) {
      let stop = this.text.indexOf('\n', this.pos)
      if (stop < 0) stop = this.text.length
      const line = this.text.slice(this.pos, stop)
      const comment = /(?:^|[ \t])#/.exec(line)
      const content = trimEnd(comment === null ? line : line.slice(0, comment.index))
      parts.push(content)
      end = this.pos + content.length
      this.nextLine()
      if (comment !== null) break
      const spot = this.continuation(parent)
      if (spot === null) break
      this.pos = spot
    }
    const text = parts.length === 1 ? parts[0]! : parts.join(' ')
    return { kind: 'scalar', text, start, end, style: text.startsWith('*') ? 'alias' : 'plain', tag: null }
  }

  /** The offset of a line that continues a plain scalar; null when the next line is something else. */
  continuation(parent: number): number | null {
    let pos = this.pos
    while (this.text[pos] === ' ') pos++
    const char = this.text[pos]
    if (char === undefined || char === '\n' || char === '\r' || char === '#' || char === '\t') return null
    if (pos - this.pos <= parent || this.isDash(pos) || this.keyEnd(pos) !== null || this.isMarker(pos)) return null
    return pos
  }

  blockScalar(parent: number, kind: '|' | '>'): Scalar {
    const headerEnd = this.text.indexOf('\n', this.pos)
    const header = this.text.slice(this.pos, headerEnd < 0 ? this.text.length : headerEnd)
    const explicit = /^[|>][+-]?([1-9])/.exec(header)
    this.nextLine()
    let indent = explicit === null ? -1 : Math.max(parent, 0) + Number(explicit[1])
    const start = this.pos
    let end = start
    const lines: string[] = []
    while (this.pos < this.text.length) {
      let stop = this.text.indexOf('\n', this.pos)
      if (stop < 0) stop = this.text.length
      const line = this.text.slice(this.pos, stop).replace(/\r$/, '')
      const content = line.search(/[^ ]/)
      if (content >= 0) {
        if (indent < 0 && content > parent) indent = content
        if (indent < 0 || content < indent) break
        end = stop
      }
      lines.push(content < 0 ? '' : line.slice(indent))
      this.nextLine()
    }
    while (lines.length > 0 && lines.at(-1) === '') lines.pop()
    const joined = kind === '|' ? lines.join('\n') : lines.join(' ')
    const text = header.includes('-') || lines.length === 0 ? joined : `${joined}\n`
    return { kind: 'scalar', text, start, end: Math.max(start, end), style: 'block', tag: null }
  }
}

function isBreak(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\n' || char === '\r' || char === '\t'
}

function withTag(node: Tree | null, tag: string | null): Tree | null {
  return node !== null && tag !== null && node.kind === 'scalar' ? { ...node, tag } : node
}
