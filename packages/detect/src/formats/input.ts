import type { Collector } from './found.ts'
import { parseJson } from './json.ts'
import { parseXml, type XmlElement } from './xml.ts'
import { parseYaml } from './yaml.ts'
import type { Parsed, Tree } from './tree.ts'

/** One file as the formats see it. Trees are parsed on first use and shared. */
export class FormatInput {
  readonly bytes: Uint8Array
  /** Path with forward slashes, as it was given otherwise. */
  readonly path: string
  /** Last part of the path, lower case. */
  readonly name: string
  /** What follows the last dot of the name; empty when there is none. */
  readonly extension: string
  /** Length of a UTF-8 byte order mark that the text leaves out. */
  readonly base: number
  readonly #onLimit: () => void
  #text: string | null = null
  #json: Parsed | null = null
  #yaml: Parsed | null = null
  #xml: XmlElement | null = null

  constructor(bytes: Uint8Array, path: string, onLimit: () => void) {
    this.bytes = bytes
    this.path = path.replaceAll('\\', '/')
    this.name = this.path.slice(this.path.lastIndexOf('/') + 1).toLowerCase()
    const dot = this.name.lastIndexOf('.')
    this.extension = dot < 0 ? '' : this.name.slice(dot + 1)
    this.base = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    this.#onLimit = onLimit
  }

  /** The file as latin-1, so that positions are byte offsets (behind a byte order mark). */
  get text(): string {
    this.#text ??= Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('latin1', this.base)
    return this.#text
  }

  /** True when the bytes of `needle` (ASCII) occur. Cheaper than asking the text. */
  has(needle: string): boolean {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).includes(needle, 0, 'latin1')
  }

  /** The JSON document; null when the file is none. */
  get json(): Tree | null {
    this.#json ??= this.#noted(parseJson(this.text))
    return this.#json.documents[0] ?? null
  }

  /** The YAML documents; a file that is JSON is read as JSON. */
  get yaml(): readonly Tree[] {
    if (this.#yaml === null) {
      const start = /^\s{0,64}[{[]/.test(this.text.slice(0, 65)) ? this.json : null
      this.#yaml = start === null ? this.#noted(parseYaml(this.text)) : { documents: [start], limited: false }
    }
    return this.#yaml.documents
  }

  /** The root whose children are the document's elements. */
  get xml(): XmlElement {
    if (this.#xml === null) {
      const { root, limited } = parseXml(this.text)
      if (limited) this.#onLimit()
      this.#xml = root
    }
    return this.#xml
  }

  #noted(parsed: Parsed): Parsed {
    if (parsed.limited) this.#onLimit()
    return parsed
  }
}

/** A file format that gives away secrets by its structure. */
export type Format = {
  readonly id: string
  /** Texts of which one at least stands in every file that {@link matches}; files without are not asked about. */
  readonly marks?: readonly string[]
  /** Cheap: by name, and by markers that the file must contain. */
  readonly matches: (input: FormatInput) => boolean
  /** Adds what the file holds. Never throws for what a file contains. */
  readonly extract: (input: FormatInput, into: Collector) => void
}

/** True for names that end in a YAML extension. */
export function isYaml(input: FormatInput): boolean {
  return input.extension === 'yaml' || input.extension === 'yml'
}
