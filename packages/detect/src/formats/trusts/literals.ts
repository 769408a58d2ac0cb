import { COMPUTED } from '../hcl.ts'
import { unescapeText } from '../json.ts'
import { type Entry, type Scalar, type Tree, TreeLimit, treeLimits } from '../tree.ts'

export type Language = 'javascript' | 'python' | 'bicep'

/** Calls whose result says what their argument says. */
const transparent = /(?:^|\.)(?:JSON\.stringify|jsonStringify|json\.dumps|json_dumps|getPolicyDocument(?:Output)?|get_policy_document(?:_output)?|Output\.of|output|Output\.from_input)$/
/** Classes of Python that hold their keyword arguments. */
const holders = /Args(?:Dict)?$/

/**
 * The value that stands at a place of a program, as far as it is written out: objects, lists, texts. Whatever has to be worked out is a scalar with the tag
 * {@link COMPUTED}; `${…}` within a text stays, and stands for what a text of Python names in braces. Null for what breaks off or nests too deeply.
 */
export function literalAt(text: string, start: number, language: Language): { readonly tree: Tree; readonly end: number } | null {
  const reader = new LiteralReader(text, start, language)
  return reader.attempt(() => reader.value(0))
}

/** The arguments of the call whose bracket stands at `open`: those without a name, and those with one (in Python). */
export function argumentsAt(text: string, open: number, language: Language): { readonly args: readonly Tree[]; readonly named: Tree; readonly end: number } | null {
  const reader = new LiteralReader(text, open, language)
  const read = reader.attempt(() => { const { args, entries } = reader.call(0); return { kind: 'list', items: [...args, { kind: 'map', entries, start: open, end: reader.pos }], start: open, end: reader.pos } as const })
  return read === null || read.tree.kind !== 'list' ? null : { args: read.tree.items.slice(0, -1), named: read.tree.items.at(-1)!, end: read.end }
}

class LiteralReader {
  readonly text: string
  readonly #language: Language
  pos: number
  #nodes = 0

  constructor(text: string, pos: number, language: Language) {
    this.text = text
    this.pos = pos
    this.#language = language
  }

  attempt(read: () => Tree): { readonly tree: Tree; readonly end: number } | null {
    try {
      return { tree: read(), end: this.pos }
    } catch (error) {
      if (error instanceof TreeLimit) return null
      throw error
    }
  }

  value(depth: number): Tree {
    this.#count(depth)
    this.#skipSpace(true)
    const start = this.pos
    const tree = this.#primary(depth)
    return this.#continues() ? this.#computed(start) : tree
  }

  /** `(a, b, name=c)`. */
  call(depth: number): { readonly args: readonly Tree[]; readonly entries: readonly Entry[] } {
    this.#count(depth)
    this.pos++
    const args: Tree[] = []
    const entries: Entry[] = []
    for (;;) {
      this.#separators()
      if (this.text[this.pos] === ')') { this.pos++; return { args, entries } }
      const name = this.#language === 'python' ? /^([A-Za-z_]\w{0,63})[ \t]{0,8}=(?!=)/.exec(this.text.slice(this.pos, this.pos + 80)) : null
      if (name === null) { args.push(this.#item(depth)); continue }
      const key = this.#word(this.pos, this.pos + name[1]!.length, 'plain', null)
      this.pos += name[0].length
      entries.push({ key, value: this.value(depth + 1) })
    }
  }

  #count(depth: number): void {
    if (depth > treeLimits.maxDepth || ++this.#nodes > treeLimits.maxNodes || this.pos >= this.text.length) throw new TreeLimit()
  }

  #primary(depth: number): Tree {
    const char = this.text[this.pos]!
    if (char === '{') return this.#mapping(depth)
    if (char === '[') return this.#sequence(depth)
    if (this.#atText()) return this.#language === 'python' ? this.#joined() : this.#string(false)
    const name = /^(?:new\s{1,8})?([A-Za-z_$][\w$.]{0,120})/.exec(this.text.slice(this.pos, this.pos + 140))
    return name === null ? this.#plain() : this.#named(name[0].length, name[1]!, depth)
  }

  /** A name, a call, or a text made by one. */
  #named(length: number, name: string, depth: number): Tree {
    const start = this.pos
    this.pos += length
    const next = this.text[this.pos]
    if (next === '`') return this.#string(false)
    if (next !== '(') return this.#word(start, this.pos, 'plain', /^(?:true|false|null|None|True|False|undefined)$/.test(name) ? null : COMPUTED)
    if (!transparent.test(name) && !holders.test(name)) { this.#skipBrackets(); return this.#word(start, this.pos, 'plain', COMPUTED) }
    const { args, entries } = this.call(depth + 1)
    if (entries.length > 0 && (args.length === 0 || holders.test(name))) return { kind: 'map', entries, start, end: this.pos }
    const tree = args[0] ?? this.#word(start, this.pos, 'plain', COMPUTED)
    // What is done with the text of the document afterwards does not change what it says.
    if (tree.kind === 'map') this.#skipMembers()
    return tree
  }

  #mapping(depth: number): Tree {
    const start = this.pos++
    const entries: Entry[] = []
    for (;;) {
      this.#separators()
      if (this.text[this.pos] === '}') return { kind: 'map', entries, start, end: ++this.pos }
      const key = this.#key(depth)
      this.#skipSpace(false)
      if (this.text[this.pos] === ':') { this.pos++; entries.push({ key, value: this.value(depth + 1) }) }
      else { this.#skipExpression(); entries.push({ key, value: { ...key, tag: COMPUTED } }) }
    }
  }

  /** What has no name of its own, or another object's entries, is named `${…}`. */
  #key(depth: number): Scalar {
    this.#count(depth)
    const start = this.pos
    const word = /^[\w$@-]{1,128}/.exec(this.text.slice(start, start + 128))?.[0]
    if (word !== undefined && !/^[rbfu]{1,2}$/i.test(word)) { this.pos += word.length; return this.#word(start, this.pos, 'plain', null) }
    const isBracketed = this.#language === 'javascript' && this.text[start] === '['
    if (isBracketed) this.pos++
    const key = this.text.startsWith('...', start) || this.text.startsWith('**', start) ? this.#computed(start) : this.#keyValue(depth)
    this.#skipSpace(false)
    if (isBracketed && this.text[this.pos] === ']') this.pos++
    return key.kind === 'scalar' ? (key.tag === COMPUTED ? { ...key, text: `\${${key.text.replaceAll(/[{}]/g, '')}}` } : key) : this.#word(start, this.pos, 'plain', COMPUTED)
  }

  #keyValue(depth: number): Tree {
    const before = this.pos
    const tree = this.value(depth + 1)
    if (this.pos === before) this.pos++
    return tree
  }

  #sequence(depth: number): Tree {
    const start = this.pos++
    const items: Tree[] = []
    for (;;) {
      this.#separators()
      if (this.text[this.pos] === ']') return { kind: 'list', items, start, end: ++this.pos }
      items.push(this.#item(depth))
    }
  }

  #item(depth: number): Tree {
    const before = this.pos
    const tree = /^(?:\.\.\.|\*)/.test(this.text.slice(before, before + 3)) ? this.#computed(before) : this.value(depth + 1)
    if (this.pos === before) this.pos++
    return tree
  }

  #string(isFormat: boolean): Scalar {
    const start = this.pos
    const quote = this.text[start]!
    const triple = quote !== '`' && this.text.startsWith(quote.repeat(3), start)
    const close = triple ? quote.repeat(3) : quote
    this.pos += close.length
    const from = this.pos
    while (!this.text.startsWith(close, this.pos)) {
      if (this.pos >= this.text.length || (!triple && quote !== '`' && this.text[this.pos] === '\n')) throw new TreeLimit()
      this.pos += this.text[this.pos] === '\\' && !(triple && this.#language === 'bicep') ? 2 : 1
    }
    const raw = this.text.slice(from, this.pos)
    const end = this.pos
    this.pos += close.length
    const text = isFormat ? raw.replaceAll(/\{\{|\}\}|\{([^{}]{0,200})\}/g, (all, inner: string | undefined) => (inner === undefined ? all[0]! : `\${${inner}}`)) : raw
    return { kind: 'scalar', text: text.includes('\\') ? unescapeText(text) : text, start: from, end, style: 'quoted', tag: /^\$\{[^{}]*\}$/.test(text) ? COMPUTED : null }
  }

  /** Whether a text begins here, with its prefix in Python. */
  #atText(): boolean {
    const char = this.text[this.pos]!
    if (char === '"' || char === "'") return true
    return this.#language === 'python' ? /^[rbfu]{1,2}["']/i.test(this.text.slice(this.pos, this.pos + 3)) : char === '`' && this.#language === 'javascript'
  }

  /** Texts of Python that stand behind each other are one. */
  #joined(): Scalar {
    let first: Scalar | null = null
    const parts: string[] = []
    do {
      const prefix = /^[rbfu]{0,2}/i.exec(this.text.slice(this.pos, this.pos + 2))![0]
      this.pos += prefix.length
      const part = this.#string(/f/i.test(prefix))
      first ??= part
      parts.push(part.text)
      this.#skipSpace(true)
    } while (this.pos < this.text.length && this.#atText())
    return parts.length === 1 ? first : { ...first, text: parts.join(''), tag: null }
  }

  #plain(): Tree {
    const start = this.pos
    const number = /^[-+]?\d[\w.]{0,40}/.exec(this.text.slice(start, start + 48))?.[0]
    if (number === undefined) return this.#computed(start)
    this.pos += number.length
    return this.#word(start, this.pos, 'plain', null)
  }

  #word(start: number, end: number, style: Scalar['style'], tag: string | null): Scalar {
    return { kind: 'scalar', text: this.text.slice(start, Math.min(end, start + 200)), start, end, style, tag }
  }

  #computed(start: number): Scalar {
    this.#skipExpression()
    let end = this.pos
    while (end > start && ' \t\r\n'.includes(this.text[end - 1]!)) end--
    return this.#word(start, end, 'plain', COMPUTED)
  }

  /** Whether more of an expression follows what was read. */
  #continues(): boolean {
    const before = this.pos
    this.#skipSpace(this.#language !== 'bicep')
    const rest = this.text.slice(this.pos, this.pos + 12)
    const isCast = this.#language === 'javascript' ? /^(?:as|satisfies)\s/.exec(rest) : null
    if (isCast !== null) { this.#skipExpression(); return false }
    if (/^(?:[.+\-*/%?&|<>=![(]|(?:if|or|and|for|in|is|not|instanceof)\b)/.test(rest) && !/^\/[/*]/.test(rest)) return true
    this.pos = before
    return false
  }

  /** `.json`, `.then(…)`, `.apply(…)` behind a document. */
  #skipMembers(): void {
    for (let member = /^\s{0,64}\??\.\w{1,64}/.exec(this.text.slice(this.pos, this.pos + 140)); member !== null; member = /^\s{0,64}\??\.\w{1,64}/.exec(this.text.slice(this.pos, this.pos + 140))) {
      this.pos += member[0].length
      if (this.text[this.pos] === '(') this.#skipBrackets()
    }
  }

  /** To the end of an expression: a comma, or a bracket that was not opened in it; a line's end in Bicep. */
  #skipExpression(): void {
    while (this.pos < this.text.length) {
      const char = this.text[this.pos]!
      if (char === ',' || char === '}' || char === ']' || char === ')' || char === ';' || (char === '\n' && this.#language === 'bicep')) return
      if (char === '{' || char === '[' || char === '(') this.#skipBrackets()
      else if (!this.#skipQuoted()) this.pos++
    }
  }

  /** Behind the bracket that closes the one that stands here. */
  #skipBrackets(): void {
    let depth = 0
    while (this.pos < this.text.length) {
      const char = this.text[this.pos]!
      if (this.#skipQuoted()) continue
      this.pos++
      if (char === '{' || char === '[' || char === '(') depth++
      else if ((char === '}' || char === ']' || char === ')') && --depth <= 0) return
    }
  }

  /** Steps over a text or a remark that begins here. */
  #skipQuoted(): boolean {
    const char = this.text[this.pos]!
    if (char === '"' || char === "'" || char === '`') { this.#string(false); return true }
    const before = this.pos
    if (char === '#' || char === '/') this.#skipRemark()
    return this.pos > before
  }

  #skipRemark(): void {
    const isLine = this.#language === 'python' ? this.text[this.pos] === '#' : this.text.startsWith('//', this.pos)
    const end = isLine ? this.text.indexOf('\n', this.pos) : this.#language !== 'python' && this.text.startsWith('/*', this.pos) ? this.text.indexOf('*/', this.pos + 2) + 2 : this.pos
    this.pos = end < this.pos || end === 1 ? this.text.length : end
  }

  #skipSpace(lines: boolean): void {
    for (;;) {
      const before = this.pos
      while (this.pos < this.text.length && (lines ? ' \t\r\n' : ' \t\r').includes(this.text[this.pos]!)) this.pos++
      if (this.pos < this.text.length) this.#skipRemark()
      if (this.pos === before) return
    }
  }

  #separators(): void {
    do { this.#skipSpace(true) } while (this.text[this.pos] === ',' && ++this.pos)
    if (this.pos >= this.text.length) throw new TreeLimit()
  }
}
