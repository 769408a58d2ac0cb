import { MAX_TAR_EXTENSION, TarHeaders } from '@muster/detect/inspect'

/** A member of an archive that is read as a stream. */
export type StreamedEntry = {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly sizeBytes: number
  /** The member that it is another name of; null for others. */
  readonly hardLink: string | null
  /** The content, at most `maxBytes` of it; null for what is no file or not wanted. */
  readonly bytes: Buffer | null
}

const BLOCK = 512

/**
 * The members of a tar archive that comes in pieces, one after another; `wants` says of each whether its content is needed. Returns whether the end
 * was reached in order: an archive that is damaged or cut off gives what stands before the damage.
 */
export async function* streamTar(chunks: AsyncIterable<Buffer>, maxBytes: number, wants: (name: string) => boolean): AsyncGenerator<StreamedEntry, boolean, void> {
  const source = new Octets(chunks)
  const headers = new TarHeaders()
  for (;;) {
    const block = await source.take(BLOCK)
    if (block.length === 0) return true
    if (block.length < BLOCK) return false
    const header = headers.read(block)
    if (header.what === 'end') return true
    if (header.what === 'damaged') return false
    const { size } = header
    const wanted = header.what === 'extension' ? Math.min(size, MAX_TAR_EXTENSION) : header.kind === 'file' && wants(header.name) ? Math.min(size, maxBytes) : 0
    const bytes = await source.take(wanted)
    if (bytes.length < wanted) return false
    if (header.what === 'extension') headers.extend(header.type, bytes)
    else yield { name: header.name, kind: header.kind, sizeBytes: size, hardLink: header.isHard ? header.link : null, bytes: header.kind === 'file' && (wanted > 0 || size === 0) ? bytes : null }
    if (!await source.skip(Math.ceil(size / BLOCK) * BLOCK - wanted)) return false
  }
}

/** Takes stretches of a stream by length. */
class Octets {
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** As many octets as there are, up to `length`; a copy. */
  async take(length: number): Promise<Buffer> {
    const taken = Buffer.allocUnsafe(length)
    let at = 0
    while (at < length && await this.#fill()) {
      const count = Math.min(length - at, this.#chunk.length)
      this.#chunk.copy(taken, at, 0, count)
      this.#chunk = this.#chunk.subarray(count)
      at += count
    }
    return taken.subarray(0, at)
  }

  async skip(length: number): Promise<boolean> {
    let left = length
    while (left > 0 && await this.#fill()) {
      const count = Math.min(left, this.#chunk.length)
      this.#chunk = this.#chunk.subarray(count)
      left -= count
    }
    return left <= 0
  }

  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      this.#chunk = next.value
    }
    return true
  }
}
