import type { Coverage, Observation, ScanBatch, ScanProblem } from '@muster/core'
import { hostPort, isMusterError } from '@muster/core'
import type { EndpointTarget, TargetChunk, TargetSpace } from './target-space.ts'

/** What a probe made of one endpoint. */
export type EndpointReport = {
  /** A machine's sighting stands before what refers to it. */
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  /** False when nothing the endpoint did proves what is or is not there. */
  readonly answered: boolean
}

export type EndpointScan = {
  readonly space: TargetSpace
  /** Position of a former run; ignored when it belongs to other targets. */
  readonly resumeFrom: string | null
  /** Endpoints worked on at once. */
  readonly concurrency: number
  readonly protocols: Extract<Coverage['scope'], { kind: 'endpoints' }>['protocols']
  readonly signal: AbortSignal
  /** Never throws but for programming errors and cancellation. */
  readonly probe: (target: EndpointTarget) => Promise<EndpointReport>
}

const FLUSH_OBSERVATIONS = 1000
const MAX_BUFFERED = 4000
const MAX_CHUNKS_AHEAD = 64
const FLUSH_INTERVAL_MS = 1000
const MAX_UNANSWERED_TEXT = 300

type OpenChunk = { readonly index: number; readonly chunk: TargetChunk; next: number; left: number; readonly unanswered: string[] }

/**
 * Probes every endpoint of a space, several at once, and yields what was seen in batches of bounded size. Chunks of the
 * space may finish in any order; the cursor stands at the first unfinished one, so resuming repeats at most the chunks
 * that were under way and never skips one. Coverage of a chunk comes with its last endpoint.
 */
export async function* scanEndpoints(scan: EndpointScan): AsyncGenerator<ScanBatch, void, void> {
  const run = new Run(scan)
  try {
    for (;;) {
      run.start()
      await run.change()
      if (scan.signal.aborted) return
      if (run.shouldFlush()) yield run.flush()
      if (run.finished()) break
    }
    yield run.flush()
  } finally {
    run.stop()
  }
}

class Run {
  readonly #scan: EndpointScan
  readonly #open: OpenChunk[] = []
  readonly #done = new Set<number>()
  #nextChunk: number
  /** First chunk that is not finished: everything before it is covered. */
  #low: number
  #running = 0
  #endpointsDone: number
  #observations: Observation[] = []
  #problems: ScanProblem[] = []
  #machines = new Set<string>()
  readonly #unresolved = new Set<string>()
  #current = ''
  #tickDue = false
  #failure: unknown = null
  #wake: (() => void) | null = null
  readonly #ticker: NodeJS.Timeout
  readonly #onAbort = (): void => this.#signal()

  constructor(scan: EndpointScan) {
    this.#scan = scan
    this.#low = this.#nextChunk = readCursor(scan.resumeFrom, scan.space)
    this.#endpointsDone = scan.space.endpointsBefore(this.#low)
    this.#ticker = setInterval(() => {
      this.#tickDue = true
      this.#signal()
    }, FLUSH_INTERVAL_MS)
    scan.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  stop(): void {
    clearInterval(this.#ticker)
    this.#scan.signal.removeEventListener('abort', this.#onAbort)
  }

  start(): void {
    while (this.#running < this.#scan.concurrency && this.#observations.length < MAX_BUFFERED && !this.#scan.signal.aborted) {
      const chunk = this.#chunkWithWork()
      if (chunk === null) return
      this.#running++
      void this.#probe(chunk, chunk.chunk.targets[chunk.next++]!)
    }
  }

  #chunkWithWork(): OpenChunk | null {
    const open = this.#open.find(({ next, chunk }) => next < chunk.targets.length)
    if (open !== undefined) return open
    if (this.#nextChunk >= this.#scan.space.chunkCount || this.#nextChunk - this.#low >= MAX_CHUNKS_AHEAD) return null
    const index = this.#nextChunk++
    const chunk = this.#scan.space.chunk(index)
    const fresh: OpenChunk = { index, chunk, next: 0, left: chunk.targets.length, unanswered: [] }
    this.#open.push(fresh)
    return fresh
  }

  async #probe(open: OpenChunk, target: EndpointTarget): Promise<void> {
    try {
      const report = await this.#scan.probe(target)
      if (this.#scan.signal.aborted) return
      this.#take(report)
      if (!report.answered) open.unanswered.push(hostPort(target.host, target.port).slice(0, MAX_UNANSWERED_TEXT))
      this.#current = hostPort(target.host, target.port)
      this.#endpointsDone++
      if (--open.left === 0) this.#close(open)
    } catch (error) {
      if (!isMusterError(error, 'operation.cancelled')) this.#failure ??= error
    } finally {
      this.#running--
      this.#signal()
    }
  }

  #take({ observations, problems }: EndpointReport): void {
    for (const observation of observations) {
      if ('of' in observation && observation.of === 'machine') {
        const key = `${observation.ref} ${observation.identifiers.map(({ type, value }) => `${type}=${value}`).join(' ')}`
        if (this.#machines.has(key)) continue
        this.#machines.add(key)
      }
      this.#observations.push(observation)
    }
    for (const problem of problems) {
      // A name without an address is told once, not for every port it was to be asked at.
      if (problem.code === 'target.unresolved' && this.#unresolved.has(problem.where)) continue
      if (problem.code === 'target.unresolved') this.#unresolved.add(problem.where)
      this.#problems.push(problem)
    }
  }

  #close({ index, chunk, unanswered }: OpenChunk): void {
    this.#open.splice(this.#open.findIndex((open) => open.index === index), 1)
    const { protocols } = this.#scan
    const scope = { kind: 'endpoints' as const, protocols, hosts: [...chunk.hosts], ports: [...chunk.ports], unanswered }
    this.#observations.push({ observation: 'coverage', machine: null, scope, rights: 'anonymous', complete: true })
    this.#done.add(index)
    while (this.#done.delete(this.#low)) this.#low++
  }

  #signal(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }

  /** Resolves at the next event worth looking at. @throws whatever a probe threw that no probe should throw */
  async change(): Promise<void> {
    if (!this.#scan.signal.aborted && !this.shouldFlush() && !this.finished()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== null) throw this.#failure
  }

  shouldFlush(): boolean {
    return this.#observations.length + this.#problems.length >= FLUSH_OBSERVATIONS || this.#tickDue
  }

  finished(): boolean {
    return this.#low >= this.#scan.space.chunkCount
  }

  flush(): ScanBatch {
    const batch: ScanBatch = {
      observations: this.#observations,
      problems: this.#problems,
      progress: { done: this.#endpointsDone, total: this.#scan.space.total, unit: 'endpoints', current: this.#current },
      cursor: writeCursor(this.#low, this.#scan.space),
    }
    this.#observations = []
    this.#problems = []
    // Machines are introduced again in each batch: a batch is stored by itself.
    this.#machines = new Set()
    this.#tickDue = false
    return batch
  }
}

function writeCursor(chunk: number, space: TargetSpace): string {
  return `${space.digest}:${chunk}`
}

function readCursor(cursor: string | null, space: TargetSpace): number {
  const match = /^([0-9a-f]+):(\d{1,15})$/.exec(cursor ?? '')
  if (match === null || match[1] !== space.digest) return 0
  return Math.min(Number(match[2]), space.chunkCount)
}
