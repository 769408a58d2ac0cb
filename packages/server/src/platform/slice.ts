import type { Migration } from './db/db.ts'
import type { RouteHandlers } from './http/handler.ts'
import type { JobDefinition } from './jobs/job.ts'

/** What a subject of the server contributes; `compose.ts` lists them and wires nothing else. */
export type Slice = {
  readonly name: string
  readonly migrations: readonly Migration[]
  readonly handlers: RouteHandlers
  readonly jobs: readonly JobDefinition[]
  /** Gauges for /metrics, read on scrape. */
  readonly metrics?: () => Promise<readonly Metric[]>
  /** Called once after migrations, before the first request. */
  readonly start?: () => Promise<void>
  /** Called once on shutdown, before the store closes. */
  readonly stop?: () => Promise<void>
}

/** A Prometheus sample. */
export type Metric = {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
