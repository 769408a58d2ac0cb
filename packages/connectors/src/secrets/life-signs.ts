const JOBS = 0
const ITEM = 1
const BEATS = 2
const BETWEEN_JOBS = -1

/** What a thread shows of its work in memory it shares with whoever waits for it: seen also while it is too busy to say anything. */
export class LifeSigns {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  /** Signs of a thread that has not begun, or those in `memory`. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)
    this.#cells = new Int32Array(this.memory)
    if (memory === undefined) Atomics.store(this.#cells, ITEM, BETWEEN_JOBS)
  }

  /** Jobs begun. */
  get jobs(): number {
    return Atomics.load(this.#cells, JOBS)
  }

  /** Index in its job of the item that is looked at; null between jobs. */
  get item(): number | null {
    const item = Atomics.load(this.#cells, ITEM)
    return item === BETWEEN_JOBS ? null : item
  }

  /** Another number as long as the work goes on. */
  get beats(): number {
    return Atomics.load(this.#cells, BEATS)
  }

  beginsJob(): void {
    Atomics.add(this.#cells, JOBS, 1)
  }

  beginsItem(item: number): void {
    Atomics.store(this.#cells, ITEM, item)
    this.beat()
  }

  endsJob(): void {
    Atomics.store(this.#cells, ITEM, BETWEEN_JOBS)
  }

  beat(): void {
    Atomics.add(this.#cells, BEATS, 1)
  }
}
