import { latin1Of, leadingBlanks, type Scalar, TreeLimit, treeLimits, trim } from './tree.ts'

/** An element with the place of its attribute values and text. Names are kept with their prefix. */
export type XmlElement = {
  readonly name: string
  readonly attributes: readonly { readonly name: string; readonly value: Scalar }[]
  readonly children: readonly XmlElement[]
  /** The text directly inside, in order; white space alone is left out. */
  readonly text: readonly Scalar[]
}

type Open = { name: string; attributes: { name: string; value: Scalar }[]; children: XmlElement[]; text: Scalar[] }

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Character references and the five predefined entities (XML 1.0 §4.6); every other entity stays as it is written. */
export function xmlText(raw: string): string {
  if (!raw.includes('&')) return raw
  return raw.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return latin1Of(Number.parseInt(hex, 16))
    if (decimal !== undefined) return latin1Of(Number.parseInt(decimal, 10))
    return named[name ?? ''] ?? whole
  })
}

class XmlReader {
  readonly text: string
  readonly stack: Open[] = [{ name: '', attributes: [], children: [], text: [] }]
  pos = 0
  nodes = 0

  constructor(text: string) { this.text = text }

  run(): void {
    while (this.pos < this.text.length) {
      const open = this.text.indexOf('<', this.pos)
      this.characters(this.pos, open < 0 ? this.text.length : open, false)
      if (open < 0) return
      this.pos = open
      if (this.text.startsWith('<!--', open)) this.skipTo('-->', 4)
      else if (this.text.startsWith('<![CDATA[', open)) {
        const end = this.text.indexOf(']]>', open + 9)
        const stop = end < 0 ? this.text.length : end
        this.characters(open + 9, stop, true)
        this.pos = Math.min(stop + 3, this.text.length)
      } else if (this.text.startsWith('<?', open)) this.skipTo('?>', 2)
      else if (this.text.startsWith('<!', open)) this.skipTo('>', 2)
      else if (this.text.startsWith('</', open)) this.close()
      else this.open()
    }
  }

  skipTo(what: string, from: number): void {
    const found = this.text.indexOf(what, this.pos + from)
    this.pos = found < 0 ? this.text.length : found + what.length
  }

  characters(start: number, end: number, verbatim: boolean): void {
    const raw = this.text.slice(start, end)
    const trimmed = trim(raw)
    if (trimmed === '') return
    if (++this.nodes > treeLimits.maxNodes) throw new TreeLimit()
    const from = start + leadingBlanks(raw)
    this.stack.at(-1)!.text.push({
      kind: 'scalar', text: verbatim ? trimmed : xmlText(trimmed), start: from, end: from + trimmed.length, style: 'plain', tag: null,
    })
  }

  close(): void {
    const start = this.pos + 2
    this.skipTo('>', 2)
    const name = trim(this.text.slice(start, Math.min(this.pos - 1, start + 256)))
    const depth = this.stack.findLastIndex((open) => open.name === name)
    if (depth > 0) while (this.stack.length > depth) this.pop()
  }

  pop(): void {
    const done = this.stack.pop()!
    this.stack.at(-1)!.children.push(done)
  }

  open(): void {
    if (++this.nodes > treeLimits.maxNodes || this.stack.length > treeLimits.maxDepth * 2) throw new TreeLimit()
    this.pos++
    const name = this.word()
    if (name === '') return
    const element: Open = { name, attributes: [], children: [], text: [] }
    this.stack.push(element)
    for (;;) {
      while (/\s/.test(this.text[this.pos] ?? 'x')) this.pos++
      const char = this.text[this.pos]
      if (char === undefined || char === '<') return
      if (char === '>') { this.pos++; return }
      if (char === '/') { this.pos++; if (this.text[this.pos] === '>') { this.pos++; this.pop(); return } continue }
      this.attribute(element)
    }
  }

  attribute(element: Open): void {
    const name = this.word()
    if (name === '') { this.pos++; return }
    const equals = /^\s{0,64}=\s{0,64}/.exec(this.text.slice(this.pos, this.pos + 130))
    if (equals === null) return
    this.pos += equals[0].length
    const quote = this.text[this.pos]
    if (quote !== '"' && quote !== "'") { this.word(); return }
    const start = this.pos + 1
    const end = this.text.indexOf(quote, start)
    this.pos = end < 0 ? this.text.length : end + 1
    if (end < 0) return
    if (++this.nodes > treeLimits.maxNodes) throw new TreeLimit()
    const value: Scalar = { kind: 'scalar', text: xmlText(this.text.slice(start, end)), start, end, style: 'quoted', tag: null }
    element.attributes.push({ name, value })
  }

  word(): string {
    const start = this.pos
    while (this.pos < this.text.length && !/[\s<>/="']/.test(this.text[this.pos]!)) this.pos++
    return this.text.slice(start, Math.min(this.pos, start + 256))
  }
}

/**
 * Reads XML as a tree that forgives what is not well-formed: unclosed elements end with the document. A document type
 * is stepped over and no entity of its own is ever expanded. `limited` when nesting or size went past the limits.
 */
export function parseXml(text: string): { readonly root: XmlElement; readonly limited: boolean } {
  const reader = new XmlReader(text)
  let limited = false
  try {
    reader.run()
  } catch (error) {
    if (!(error instanceof TreeLimit)) throw error
    limited = true
  }
  while (reader.stack.length > 1) reader.pop()
  return { root: reader.stack[0]!, limited }
}

/** Every element below `root`, outermost first. */
export function* elementsOf(root: XmlElement): Generator<XmlElement> {
  for (const element of root.children) {
    yield element
    yield* elementsOf(element)
  }
}

/** The value of an attribute; null when the element has none of that name. */
export function attributeOf(element: XmlElement, name: string): Scalar | null {
  return element.attributes.find((attribute) => attribute.name === name)?.value ?? null
}

/** The first text of the first child with that name; null when there is none. */
export function childText(element: XmlElement, name: string): Scalar | null {
  return element.children.find((inner) => inner.name === name)?.text[0] ?? null
}
