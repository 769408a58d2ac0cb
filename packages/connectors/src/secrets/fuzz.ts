import { tarOf } from './image/tar.testing.ts'
import { streamTar } from './image/tar-stream.ts'

const MAX_BYTES = 4096

/** Members of the archive that comes in pieces of this length, as text. */
async function membersOf(bytes: Uint8Array, pieceBytes: number): Promise<string> {
  const pieces = (async function* () {
    for (let from = 0; from < bytes.length; from += pieceBytes) yield Buffer.from(bytes.subarray(from, from + pieceBytes))
  })()
  const entries = streamTar(pieces, MAX_BYTES, (name) => !name.endsWith('skip'))
  const seen: string[] = []
  for (let next = await entries.next(); ; next = await entries.next()) {
    if (next.done === true) return JSON.stringify([...seen, next.value])
    const { name, kind, sizeBytes, bytes: content } = next.value
    if (content !== null && (content.length > Math.min(sizeBytes, MAX_BYTES) || content.length > bytes.length)) throw new Error(`${content.length} bytes of a member of ${sizeBytes}`)
    seen.push(`${kind} ${sizeBytes} ${name} ${content?.toString('hex')}`)
  }
}

/** Readers of streams: what they give does not depend on how the stream is cut. `run` rejects where it does. */
export const scanFuzzTargets: readonly { readonly name: string; readonly seeds: () => readonly Buffer[]; readonly run: (bytes: Uint8Array) => Promise<void> }[] = [
  {
    name: 'tar-stream',
    seeds: () => [
      tarOf([{ name: 'a/', content: '' }, { name: 'a/b.txt', content: 'x'.repeat(700) }, { name: 'c.skip', content: 'y' }, { name: 'empty' }]),
      tarOf([{ name: 'long.txt', content: 'z'.repeat(6000) }, { name: '.wh.gone' }]),
    ],
    run: async (bytes) => {
      const whole = await membersOf(bytes, Math.max(1, bytes.length))
      for (const pieceBytes of [97, 512]) if (await membersOf(bytes, pieceBytes) !== whole) throw new Error(`pieces of ${pieceBytes} bytes give other members`)
    },
  },
]
