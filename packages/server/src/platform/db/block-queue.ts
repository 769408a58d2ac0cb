/** Blocks of data from who makes them to the one who sends them. */
export class BlockQueue implements AsyncIterable<Uint8Array> {
  readonly #blocks: Uint8Array[] = []
  #ended = false
  #failure: { readonly error: unknown } | null = null
  #wake = (): void => {}

  push(block: Uint8Array): void {
    this.#blocks.push(block)
    this.#wake()
  }

  /** After the last block. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** No further block can be made: whoever reads on is told why. */
  fail(error: unknown): void {
    this.#failure = { error }
    this.end()
  }

  /** Whether it ended without a block; told as soon as there is one. */
  async isEmpty(): Promise<boolean> {
    while (this.#blocks.length === 0 && !this.#ended) await this.#change()
    return this.#blocks.length === 0 && this.#failure === null
  }

  /** The blocks in their order. @throws what the queue failed with, after those before it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    while (!(await this.isEmpty())) {
      const block = this.#blocks.shift()
      if (block === undefined) throw this.#failure?.error
      yield block
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => { this.#wake = resolve })
  }
}
