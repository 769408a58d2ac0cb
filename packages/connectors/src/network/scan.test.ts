import type { Observation, ScanBatch } from '@muster/core'
import { expect, test } from 'vitest'
import { machineOf } from './machine.ts'
import { scanEndpoints } from './scan.ts'
import type { EndpointReport, EndpointScan } from './scan.ts'
import { createTargetSpace } from './target-space.ts'
import type { EndpointTarget } from './target-space.ts'
import { parseTarget } from './targets.ts'

const spaceOf = (targets: readonly string[]): EndpointScan['space'] => createTargetSpace({ specs: targets.map(parseTarget), exclude: [], ports: [443, 8443], sni: [] })
const space = spaceOf(['10.0.0.0/20'])

/** Sees a machine and an endpoint at every target; every 7th does not answer. */
async function probe({ host, port }: EndpointTarget): Promise<EndpointReport> {
  if ((port + Number(host.split('.')[3])) % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  const endpoint: Observation = {
    observation: 'sighting', of: 'endpoint', machine: host, host, port, sni: null, starttls: null, protocol: 'unknown', tls: null, ssh: null, process: null,
  }
  return { observations: [machineOf(host, null), endpoint], problems: [], answered: Number(host.split('.')[3]) % 7 !== 0 }
}

const start = (change: Partial<EndpointScan> = {}): AsyncGenerator<ScanBatch, void, void> =>
  scanEndpoints({ space, resumeFrom: null, concurrency: 50, protocols: ['tls'], signal: new AbortController().signal, probe, ...change })

function endpointsOf(batches: readonly ScanBatch[]): string[] {
  return batches.flatMap(({ observations }) => observations.flatMap((seen) => (seen.observation === 'sighting' && seen.of === 'endpoint' ? [`${seen.host}:${seen.port}`] : [])))
}

function coveredBy(batches: readonly ScanBatch[]): string[] {
  return batches.flatMap(({ observations }) => observations.flatMap((seen) =>
    (seen.observation === 'coverage' && seen.scope.kind === 'endpoints' ? seen.scope.hosts.flatMap((host) => seen.scope.kind === 'endpoints' ? seen.scope.ports.map((port) => `${host}:${port}`) : []) : [])))
}

async function collect(batches: AsyncGenerator<ScanBatch>): Promise<ScanBatch[]> {
  const all: ScanBatch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

test('a scan sights every endpoint once, covers each once, and introduces machines first in every batch', async () => {
  const batches = await collect(start())
  const endpoints = endpointsOf(batches)
  expect(endpoints).toHaveLength(space.total)
  expect(new Set(endpoints).size).toBe(space.total)
  expect(coveredBy(batches).sort()).toEqual(endpoints.sort())
  for (const { observations } of batches) {
    const introduced = new Set<string>()
    for (const seen of observations) {
      if (seen.observation !== 'sighting') continue
      if (seen.of === 'machine') introduced.add(seen.ref)
      else expect(introduced).toContain(seen.machine)
    }
    expect(observations.length).toBeLessThan(20_000)
  }
  expect(batches.at(-1)!.progress).toMatchObject({ done: space.total, total: space.total, unit: 'endpoints' })
})

test('endpoints that gave no answer are listed as such', async () => {
  const unanswered = (await collect(start())).flatMap(({ observations }) => observations.flatMap((seen) => (seen.observation === 'coverage' && seen.scope.kind === 'endpoints' ? seen.scope.unanswered : [])))
  expect(unanswered).toHaveLength(endpointsOf(await collect(start())).filter((endpoint) => Number(endpoint.split(':')[0]!.split('.')[3]) % 7 === 0).length)
})

test.each([1, 3, 6])('a scan killed after batch %i and resumed from its cursor sees what an uninterrupted one sees', async (kill) => {
  const controller = new AbortController()
  const stored: ScanBatch[] = []
  for await (const batch of start({ signal: controller.signal })) {
    stored.push(batch)
    if (stored.length === kill) controller.abort()
  }
  expect(stored).toHaveLength(kill)
  const resumed = await collect(start({ resumeFrom: stored.at(-1)!.cursor }))
  expect(new Set(endpointsOf([...stored, ...resumed])).size).toBe(space.total)
  expect(new Set(coveredBy([...stored, ...resumed])).size).toBe(space.total)
  expect(endpointsOf(resumed).length).toBeLessThan(space.total)
  expect(resumed.at(-1)!.progress.done).toBe(space.total)
})

test('a cursor of other targets is not followed', async () => {
  const [first] = await collect(start({ resumeFrom: `${spaceOf(['10.0.0.0/21']).digest}:9` }))
  expect(endpointsOf([first!])).toHaveLength(endpointsOf([(await collect(start()))[0]!]).length)
})

test('a finished cursor has nothing left to do', async () => {
  const done = (await collect(start())).at(-1)!.cursor
  const again = await collect(start({ resumeFrom: done }))
  expect(endpointsOf(again)).toEqual([])
  expect(again.at(-1)!.progress.done).toBe(space.total)
})

test('a slow receiver holds the scan back', async () => {
  let probed = 0
  const batches = start({ probe: (target) => { probed++; return probe(target) } })
  await batches.next()
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
  expect(probed).toBeLessThan(4000)
  await batches.return()
})
