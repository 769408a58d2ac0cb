import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Coverage, DEFAULT_TENANT, type Observation, Secret, type TenantId, uuidV7 } from '@muster/core'
import { createConnections } from '../connections/index.ts'
import { createDetection } from '../detection/index.ts'
import { createDiscovery, type Discovery } from '../discovery/index.ts'
import { createFindings, type Findings, type InventoryFeed } from '../findings/index.ts'
import { countDetectionHits, createFeed, createInventory, forgetScan, reconcile, retireUncovered } from '../inventory/index.ts'
import { authorize, systemActor } from '../platform/actor.ts'
import type { VerificationConfig } from '../platform/config.ts'
import { inTx } from '../platform/db/db.ts'
import type { Slice } from '../platform/slice.ts'
import { readPolicy } from '../settings/index.ts'
import { type RecordedJobs, recordedJobs } from './recorded-jobs.ts'
import { testServer, type TestServer } from './server.ts'

/** A server with detection, discovery, inventory and findings as composed, whose jobs wait for the test. */
export type PipelineServer = TestServer & {
  readonly jobs: RecordedJobs
  readonly feed: InventoryFeed
  readonly findings: Findings
  /** Ids of findings that were said to have opened. */
  readonly opened: string[]
  /** Runs what waits, and what that asks for, until `signal` says stop. */
  settle(signal?: AbortSignal): Promise<void>
  /** Discovery as a new process has it: nothing in memory, what was unfinished asked for again. */
  restartDiscovery(): Promise<void>
  /** Runs one of the slices' own jobs as its schedule would. */
  runJob(queue: string, tenantId?: TenantId): Promise<void>
  /** One complete scan that sees exactly this, and its evaluation. Coverage retires what is not among it. */
  see(observations: readonly Observation[], tenantId?: TenantId): Promise<void>
  json<Body>(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; body: Body }>
}

export async function pipelineServer(options: { readonly verification?: VerificationConfig; readonly forbiddenTargets?: readonly string[]; readonly forbiddenPaths?: readonly string[] } = {}): Promise<PipelineServer> {
  const jobs = recordedJobs()
  const opened: string[] = []
  let feed!: InventoryFeed
  let findings!: Findings
  let definitions: Slice['jobs'] = []
  let newDiscovery!: () => Discovery
  const memory = mkdtempSync(join(tmpdir(), 'muster-memory-'))
  const fingerprintKey = new Secret(crypto.getRandomValues(new Uint8Array(32)))
  const server = await testServer({
    slices: (deps) => {
      feed = createFeed(deps)
      const log = { error: (fields: object, message: string) => { throw new Error(`${message}: ${JSON.stringify(fields)}`, { cause: (fields as { err?: unknown }).err }) } }
      const common = { ...deps, jobs: () => jobs, log, version: '0.0.0' }
      findings = createFindings({
        ...common, inventory: feed, namesOf: (actor) => server.accounts.namesOf(actor), onOpened: async (_tx, _tenantId, ids) => { opened.push(...ids) }, keyLists: async () => [],
        readPolicy: (db, tenantId) => readPolicy(db, authorize(systemActor(tenantId), 'settings.read', { type: 'policy' })),
      })
      const detection = createDetection({ ...common, fingerprintKey: () => fingerprintKey, countHits: countDetectionHits })
      const connections = createConnections(common)
      newDiscovery = () => createDiscovery({
        ...common, connections, verification: options.verification ?? { providers: [], baseUrls: {}, egress: [] }, log: { error: () => {} }, fingerprintKey: () => fingerprintKey, scanConfig: detection.scanConfig, scanMemory: () => memory, ownToken: (tenantId, digest) => server.accounts.ownToken(tenantId, digest), forbidden: { targets: options.forbiddenTargets ?? [], paths: options.forbiddenPaths ?? [] }, firstScan: false, onInventoryChanged: findings.requestEvaluation, localIdentifiers: async () => [],
      })
      const discovery = newDiscovery()
      const inventory = createInventory({
        ...common, onInventoryChanged: findings.requestEvaluation, findingsOverview: findings.overview, scansOverview: discovery.overview, writeCbom: null,
      })
      const slices = [inventory, detection.slice, connections.slice, discovery.slice, findings.slice]
      definitions = slices.flatMap((slice) => slice.jobs)
      return slices
    },
  })
  const { db } = server.database
  const settle = (signal?: AbortSignal) => jobs.settle(definitions, signal)
  return {
    ...server, jobs, feed, findings, opened, settle,
    close: async () => {
      await server.close()
      rmSync(memory, { recursive: true, force: true })
    },
    restartDiscovery: async () => {
      const { slice } = newDiscovery()
      definitions = [...slice.jobs, ...definitions.filter(({ queue }) => !slice.jobs.some((job) => job.queue === queue))]
      await slice.start?.()
    },
    runJob: async (queue, tenantId = DEFAULT_TENANT) => {
      const definition = definitions.find((job) => job.queue === queue)!
      await definition.run(definition.data.parse({ tenantId }), { jobId: 'test', signal: new AbortController().signal })
      await settle()
    },
    see: async (observations, tenantId = DEFAULT_TENANT) => {
      const scanId = uuidV7(server.clock)
      const startedAt = server.clock.now()
      const coverage = observations.filter((observation): observation is Coverage => observation.observation === 'coverage')
      await inTx(db, async (tx) => {
        await reconcile(tx, { tenantId, scanId, startedAt, observations: [...observations] }, server.clock)
        await retireUncovered(tx, { tenantId, scanId, startedAt, coverage }, server.clock)
        await forgetScan(tx, tenantId, scanId)
        await findings.requestEvaluation(tx, tenantId)
      })
      await settle()
    },
    json: async <Body>(method: string, path: string, token: string, body?: unknown) => {
      const response = await server.call(method, path, { token, ...(body === undefined ? {} : { body }) })
      return { status: response.status, body: (response.status === 204 ? null : await response.json()) as Body }
    },
  }
}
