import type { InspectionJob, ItemResult, JobResult } from './inspection-job.ts'

/** A job that somebody waits for, and what of it is done. */
export class Assignment {
  readonly job: InspectionJob
  readonly #results: ItemResult[] = []
  readonly #outcome = Promise.withResolvers<JobResult>()
  /** Items before it are done with. */
  from = 0

  constructor(job: InspectionJob) {
    this.job = job
  }

  get result(): Promise<JobResult> {
    return this.#outcome.promise
  }

  take(result: ItemResult): void {
    this.#results.push(result)
  }

  /** Goes on behind an item that nobody waits for any longer. */
  passOver(item: number, seconds: number): void {
    this.from = item + 1
    const { path } = this.job.items[item]!
    this.take({ item, found: [], problems: [{ code: 'input.timeout', where: path, message: `not finished: took longer than ${seconds} seconds` }], stamp: null, unread: true, failed: false })
  }

  end(bytesRead: number, whole: boolean): void {
    this.#outcome.resolve({ results: this.#results, bytesRead, whole })
  }

  fail(error: Error): void {
    this.#outcome.reject(error)
  }
}
