/** One step of unpacking, by its method id in hex. */
export type Coder = { readonly method: string; readonly properties: Uint8Array; readonly unpackedSize: number }

/** Files packed as one stream, in the order of their bytes. `coders` begin at the packed bytes; empty where they form no single chain. */
export type Folder = {
  readonly coders: readonly Coder[]
  /** Byte range of the packed stream in the archive. */
  readonly start: number
  readonly end: number
  readonly unpackedSize: number
  readonly files: readonly { readonly name: string; readonly size: number }[]
}

export type HeaderReading =
  | { readonly kind: 'files'; readonly folders: readonly Folder[] }
  /** The header itself is packed. */
  | { readonly kind: 'packed'; readonly folder: Folder }
  | { readonly kind: 'damaged' }

const MAX_ENTRIES = 100_000
const MAX_CODERS = 8
const ID = { end: 0, header: 1, archiveProperties: 2, additionalStreams: 3, mainStreams: 4, files: 5, packInfo: 6, unpackInfo: 7, subStreams: 8, sizes: 9, digests: 10, folders: 11, unpackedSizes: 12, counts: 13, emptyStreams: 14, names: 17, encodedHeader: 23 } as const

class Damaged extends Error {}

/** Reads the header database of a 7z archive (7zFormat.txt), plain or as it was unpacked. Never throws. */
export function readSevenZipHeader(header: Uint8Array, archiveBytes: number): HeaderReading {
  const input = new Input(header)
  try {
    const id = input.byte()
    if (id === ID.encodedHeader) {
      const [folder] = streamsInfo(input, archiveBytes).folders
      return folder === undefined ? { kind: 'damaged' } : { kind: 'packed', folder: { ...folder, files: [] } }
    }
    if (id !== ID.header) return { kind: 'damaged' }
    return { kind: 'files', folders: filesOf(input, archiveBytes) }
  } catch (error) {
    if (error instanceof Damaged) return { kind: 'damaged' }
    throw error
  }
}

/** Bytes of a header, each field within it. */
class Input {
  readonly bytes: Uint8Array
  pos = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  byte(): number {
    const byte = this.bytes[this.pos++]
    if (byte === undefined) throw new Damaged()
    return byte
  }

  take(count: number): Uint8Array {
    if (count > this.bytes.length - this.pos) throw new Damaged()
    this.pos += count
    return this.bytes.subarray(this.pos - count, this.pos)
  }

  /** A number whose first byte says by its leading ones how many bytes follow. */
  number(): number {
    const first = this.byte()
    let value = 0
    let factor = 1
    for (let mask = 0x80; mask > 0; mask >>= 1, factor *= 256) {
      if ((first & mask) === 0) { value += (first & (mask - 1)) * factor; break }
      value += this.byte() * factor
    }
    if (!Number.isSafeInteger(value)) throw new Damaged()
    return value
  }

  count(most = MAX_ENTRIES): number {
    const count = this.number()
    if (count > most) throw new Damaged()
    return count
  }

  expect(id: number): void {
    if (this.byte() !== id) throw new Damaged()
  }

  bits(count: number): readonly boolean[] {
    const bytes = this.take((count + 7) >> 3)
    return Array.from({ length: count }, (_, at) => (bytes[at >> 3]! & (0x80 >> (at & 7))) !== 0)
  }

  /** Passes over checksums of `count` things; returns which have one. */
  digests(count: number): readonly boolean[] {
    const defined = this.byte() !== 0 ? Array.from({ length: count }, () => true) : this.bits(count)
    this.take(defined.filter(Boolean).length * 4)
    return defined
  }
}

type Layout = { readonly coders: readonly { readonly method: string; readonly properties: Uint8Array }[]; readonly order: readonly number[]; readonly outputs: number; readonly inputs: number; readonly main: number }
type Streams = { readonly folders: readonly Omit<Folder, 'files'>[]; readonly sizes: readonly (readonly number[])[] }

function streamsInfo(input: Input, archiveBytes: number): Streams {
  let packed: readonly { readonly start: number; readonly end: number }[] = []
  let folders: Omit<Folder, 'files'>[] = []
  let sizes: readonly (readonly number[])[] = []
  let hasDigest: readonly boolean[] = []
  for (let id = input.byte(); id !== ID.end; id = input.byte()) {
    if (id === ID.packInfo) packed = packInfo(input, archiveBytes)
    else if (id === ID.unpackInfo) {
      const read = unpackInfo(input, packed)
      folders = read.folders
      hasDigest = read.hasDigest
      sizes = folders.map(({ unpackedSize }) => [unpackedSize])
    } else if (id === ID.subStreams) sizes = subStreams(input, folders, hasDigest)
    else throw new Damaged()
  }
  return { folders, sizes }
}

function packInfo(input: Input, archiveBytes: number): readonly { readonly start: number; readonly end: number }[] {
  let start = 32 + input.number()
  const count = input.count()
  const ranges: { start: number; end: number }[] = []
  for (let id = input.byte(); id !== ID.end; id = input.byte()) {
    if (id === ID.digests) input.digests(count)
    else if (id !== ID.sizes) throw new Damaged()
    else for (let at = 0; at < count; at++) {
      const end = start + input.number()
      if (end > archiveBytes) throw new Damaged()
      ranges.push({ start, end })
      start = end
    }
  }
  return ranges
}

function unpackInfo(input: Input, packed: readonly { readonly start: number; readonly end: number }[]): { readonly folders: Omit<Folder, 'files'>[]; readonly hasDigest: readonly boolean[] } {
  input.expect(ID.folders)
  const count = input.count()
  if (input.byte() !== 0) throw new Damaged()
  const layouts: Layout[] = []
  for (let at = 0; at < count; at++) layouts.push(layoutOf(input))
  input.expect(ID.unpackedSizes)
  let stream = 0
  const folders = layouts.map(({ coders, order, outputs, inputs, main }) => {
    const sizes: number[] = []
    for (let at = 0; at < outputs; at++) sizes.push(input.number())
    const range = packed[stream] ?? { start: 0, end: 0 }
    stream += inputs
    return { ...range, unpackedSize: sizes[main]!, coders: order.map((index) => ({ ...coders[index]!, unpackedSize: sizes[index]! })) }
  })
  let hasDigest: readonly boolean[] = folders.map(() => false)
  for (let id = input.byte(); id !== ID.end; id = input.byte()) {
    if (id !== ID.digests) throw new Damaged()
    hasDigest = input.digests(count)
  }
  return { folders, hasDigest }
}

/** How the coders of a folder hang together. A chain of coders with one input and output each has an order; other layouts have none. */
function layoutOf(input: Input): Layout {
  const count = input.count(MAX_CODERS)
  const coders: { method: string; properties: Uint8Array }[] = []
  let inputs = 0
  let outputs = 0
  for (let at = 0; at < count; at++) {
    const flags = input.byte()
    const method = Buffer.from(input.take(flags & 15)).toString('hex')
    inputs += (flags & 0x10) === 0 ? 1 : input.count(MAX_CODERS)
    outputs += (flags & 0x10) === 0 ? 1 : input.count(MAX_CODERS)
    coders.push({ method, properties: (flags & 0x20) === 0 ? new Uint8Array(0) : input.take(input.number()) })
  }
  if (outputs === 0) throw new Damaged()
  const sourceOf = new Map<number, number>()
  for (let at = 1; at < outputs; at++) {
    const into = input.number()
    sourceOf.set(into, input.number())
  }
  const streams = inputs - (outputs - 1)
  if (streams < 1) throw new Damaged()
  if (streams > 1) for (let at = 0; at < streams; at++) input.number()
  const bound = new Set(sourceOf.values())
  const main = Array.from({ length: outputs }, (_, at) => at).find((at) => !bound.has(at)) ?? 0
  const order: number[] = []
  for (let at: number | undefined = main; at !== undefined && order.length < count; at = sourceOf.get(at)) order.unshift(at)
  return { coders, order: inputs === count && outputs === count && order.length === count ? order : [], outputs, inputs: streams, main }
}

/** The sizes of the files in each folder. */
function subStreams(input: Input, folders: readonly Omit<Folder, 'files'>[], hasDigest: readonly boolean[]): readonly (readonly number[])[] {
  let counts: readonly number[] = folders.map(() => 1)
  let id = input.byte()
  if (id === ID.counts) {
    counts = folders.map(() => input.count())
    id = input.byte()
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total > MAX_ENTRIES) throw new Damaged()
  const sizes = folders.map(({ unpackedSize }, index) => {
    const own: number[] = []
    let left = unpackedSize
    for (let at = 1; at < counts[index]!; at++) {
      const size = id === ID.sizes ? input.number() : 0
      left -= size
      own.push(size)
    }
    if (left < 0) throw new Damaged()
    return counts[index] === 0 ? [] : [...own, left]
  })
  if (id === ID.sizes) id = input.byte()
  for (; id !== ID.end; id = input.byte()) {
    if (id !== ID.digests) throw new Damaged()
    input.digests(counts.reduce((sum, count, index) => sum + (count === 1 && hasDigest[index] === true ? 0 : count), 0))
  }
  return sizes
}

function filesOf(input: Input, archiveBytes: number): readonly Folder[] {
  let streams: Streams = { folders: [], sizes: [] }
  for (let id = input.byte(); id !== ID.end; id = input.byte()) {
    if (id === ID.archiveProperties) for (let property = input.byte(); property !== ID.end; property = input.byte()) input.take(input.number())
    else if (id === ID.additionalStreams) streamsInfo(input, archiveBytes)
    else if (id === ID.mainStreams) streams = streamsInfo(input, archiveBytes)
    else if (id === ID.files) {
      const names = namesWithContent(input)
      let next = 0
      return streams.folders.map((folder, index) => ({ ...folder, files: streams.sizes[index]!.map((size) => ({ name: names[next++] ?? '', size })) }))
    } else throw new Damaged()
  }
  return []
}

/** Names of the files that have content, in order. */
function namesWithContent(input: Input): readonly string[] {
  const count = input.count()
  let isEmpty: readonly boolean[] = []
  let names: readonly string[] = []
  for (let id = input.byte(); id !== ID.end; id = input.byte()) {
    const field = new Input(input.take(input.number()))
    if (id === ID.emptyStreams) isEmpty = field.bits(count)
    else if (id === ID.names && field.byte() === 0) names = Buffer.from(field.bytes.subarray(1)).toString('utf16le').split('\0', count)
  }
  return names.filter((_, at) => isEmpty[at] !== true).map((name) => name.slice(0, 1024))
}
