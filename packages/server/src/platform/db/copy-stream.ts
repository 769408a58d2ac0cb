import { Writable } from 'node:stream'
import type postgres from 'postgres'

/** What the client settles a statement by. */
type Settled = { resolve(answer: object): void; reject(error: unknown): void; writable(): Promise<unknown> }

/**
 * The client answers a COPY once, with the stream that takes its input, and says nothing of what comes of it: a row refused
 * at the very end would be lost and the stream never finish. It settles the statement a second time, which is listened to here.
 */
export function copy(client: postgres.Sql<Record<never, never>>, statement: string, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  return new Promise((resolve, reject) => {
    const query = client.unsafe(statement) as unknown as Settled
    query.resolve = (answer) => {
      if (answer instanceof Writable) void feed(answer, blocks).catch((error: unknown) => { query.reject = () => reject(error) })
      else resolve()
    }
    query.reject = reject
    void query.writable()
  })
}

/** Ends the stream after the last block. @throws what making the blocks throws; the server is told to drop the rest. */
async function feed(stream: Writable, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  // The statement itself is told what went wrong.
  stream.on('error', () => {})
  try {
    for await (const block of blocks) {
      await new Promise((written) => stream.write(block, written))
      if (stream.destroyed) return
    }
    stream.end()
  } catch (error) {
    stream.destroy(new Error('the rows could not be made'))
    throw error
  }
}
