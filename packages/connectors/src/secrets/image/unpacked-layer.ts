import { createGunzip, createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { pipeline, Readable, type Transform } from 'node:stream'
import { isZstd, ZstdFrame } from '@muster/detect/inspect'

/** Largest layer, unpacked; what follows counts as cut off. */
const MAX_LAYER_BYTES = 64 * 1024 * 1024 * 1024
const CHUNK_BYTES = 256 * 1024
/** Frames up to this size are unpacked by one call: layers that can be read lazily have one for each file. */
const SMALL_FRAME_BYTES = 256 * 1024
/** More frames than this count as cut off. */
const MAX_FRAMES = 2_000_000
const MAX_SMALL_BYTES = 64 * 1024 * 1024

/** The stream, unpacked where it begins as gzip or zstd does. Throws errors with codes for what is damaged. */
export async function* unpackedLayer(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const chunks = stream[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done === true) return
  const whole = (async function* () {
    yield first.value
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  })()
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b
  const content = isGzip ? through(whole, createGunzip({ chunkSize: CHUNK_BYTES })) : isZstd(first.value) ? zstdFrames(whole) : whole
  let total = 0
  for await (const chunk of content) {
    total += chunk.length
    if (total > MAX_LAYER_BYTES) return
    yield chunk
  }
}

function through(chunks: AsyncIterable<Buffer>, unpack: Transform): AsyncIterable<Buffer> {
  pipeline(Readable.from(chunks), unpack, () => {})
  return unpack as AsyncIterable<Buffer>
}

/** What every frame holds, one after the other. */
async function* zstdFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const source = new Pieces(chunks)
  for (let frames = 0; frames < MAX_FRAMES; frames++) {
    const frame = new ZstdFrame()
    const start = await frameStart(source, frame)
    if (frame.isBroken || start.length === 0) return
    if (frame.isSkipped) { for await (const _ of source.rest(frame)); continue }
    const small = frame.isDone ? unpackedAtOnce(start) : null
    if (small !== null) yield small
    else {
      yield* through((async function* () {
        yield start
        yield* source.rest(frame)
      })(), createZstdDecompress({ chunkSize: CHUNK_BYTES }))
    }
  }
}

/** The frame as far as it is small. */
async function frameStart(source: Pieces, frame: ZstdFrame): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of source.rest(frame)) {
    parts.push(part)
    length += part.length
    if (length > SMALL_FRAME_BYTES) break
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** Null where it grows so much that it is better unpacked piece by piece. */
function unpackedAtOnce(frame: Buffer): Buffer | null {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: MAX_SMALL_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
    throw error
  }
}

/** A stream cut where frames end. */
class Pieces {
  readonly #chunks: AsyncIterator<Buffer>
  #left: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** What is left of the frame, piece by piece; it can be asked for again where it was left. */
  async *rest(frame: ZstdFrame): AsyncGenerator<Buffer, void, void> {
    while (!frame.isDone && !frame.isBroken) {
      if (this.#left.length === 0) {
        const next = await this.#chunks.next()
        if (next.done === true) return
        this.#left = next.value
      }
      const end = frame.take(this.#left, 0)
      const part = this.#left.subarray(0, end)
      this.#left = this.#left.subarray(end)
      if (part.length > 0) yield part
    }
  }
}
