/**
 * A sweep of a /16 at 20 ports, 1,310,720 endpoints of loopback of which hardly any listens: how fast it goes, whether its
 * memory stays flat, and whether a run that is cut at a third and resumed from its cursor covers what a whole one does.
 *
 * `node bench/sweep.ts [prefix]`: `16` by default; `20` is a sixteenth of it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { tlsConnector } from '@muster/connectors'
import { systemClock } from '@muster/core'

const PORTS = Array.from({ length: 20 }, (_, i) => 1 + i)

type Swept = { readonly covered: number; readonly done: number; readonly cursor: string | null; readonly megabytes: readonly number[] }

/** Scans until the end, or until `stopAfter` endpoints; returns how many endpoints its coverage speaks of. */
async function sweep(prefix: number, resumeFrom: string | null, stopAfter: number): Promise<Swept> {
  const options = tlsConnector.options.parse({ targets: [`127.77.0.0/${prefix}`], ports: PORTS.join(',') })
  const stop = new AbortController()
  const megabytes: number[] = []
  let covered = 0
  let done = 0
  let cursor: string | null = null
  for await (const batch of tlsConnector.scan(options, { clock: systemClock, signal: stop.signal, resumeFrom, passphrases: [] })) {
    for (const seen of batch.observations) if (seen.observation === 'coverage' && seen.scope.kind === 'endpoints') covered += seen.scope.hosts.length * seen.scope.ports.length
    done = batch.progress.done
    cursor = batch.cursor
    megabytes.push(process.memoryUsage.rss() / 2 ** 20)
    if (done >= stopAfter) break
  }
  stop.abort()
  await delay(0)
  return { covered, done, cursor, megabytes }
}

export async function run(prefix = 16): Promise<Record<string, number | boolean>> {
  const total = 2 ** (32 - prefix) * PORTS.length
  const begin = performance.now()
  const cpu = process.cpuUsage()
  const first = await sweep(prefix, null, total / 3)
  const second = await sweep(prefix, first.cursor, Infinity)
  const seconds = (performance.now() - begin) / 1000
  const used = process.cpuUsage(cpu)
  const megabytes = [...first.megabytes, ...second.megabytes]
  const peak = (list: readonly number[]) => Math.round(Math.max(...list))
  return {
    endpoints: total, covered: first.covered + second.covered, allCoveredOnce: first.covered + second.covered === total,
    seconds: Math.round(seconds), endpointsPerSecond: Math.round(total / seconds), endpointsPerCpuSecond: Math.round((total / (used.user + used.system)) * 1e6),
    peakMegabytesOfFirstTenth: peak(megabytes.slice(0, Math.ceil(megabytes.length / 10))), peakMegabytesOfTheRest: peak(megabytes.slice(Math.ceil(megabytes.length / 10))),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ bench: 'sweep', ...(await run(Number(process.argv[2] ?? 16))) }))
