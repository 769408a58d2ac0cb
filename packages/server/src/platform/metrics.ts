import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '@muster/core'
import type { Metric } from './slice.ts'

/** The server's measurements, in the Prometheus text format 0.0.4. */
export type Metrics = {
  /** Counts one answered request; `route` is the route's name, never its path. */
  observeRequest(route: string, status: number, seconds: number): void
  /** Reads every source and writes the exposition. A source that fails is counted and left out. */
  render(): Promise<string>
}

/** Upper bounds in seconds: from a cached read to the slowest export. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

type Sample = Omit<Metric, 'type'> & { readonly type: Metric['type'] | 'histogram'; /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */ readonly suffix?: string }

/** Process, HTTP and whatever `sources` (the slices) report. */
export function createMetrics(clock: Clock, sources: readonly (() => Promise<readonly Metric[]>)[]): Metrics {
  const requests = new Map<string, { readonly route: string; readonly status: string; readonly counts: number[]; seconds: number }>()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const startedAt = clock.now().getTime() / 1000
  let failures = 0
  return {
    observeRequest: (route, status, seconds) => {
      // The class only: a series per code and route would multiply with what clients try.
      const of = { route, status: `${Math.floor(status / 100)}xx` }
      const key = `${of.status} ${route}`
      const seen = requests.get(key) ?? { ...of, counts: Array.from({ length: BUCKETS.length + 1 }, () => 0), seconds: 0 }
      const bucket = BUCKETS.findIndex((bound) => seconds <= bound)
      seen.counts[bucket === -1 ? BUCKETS.length : bucket]!++
      seen.seconds += seconds
      requests.set(key, seen)
    },
    render: async () => {
      const read = await Promise.allSettled(sources.map((source) => source()))
      failures += read.filter(({ status }) => status === 'rejected').length
      const own = processSamples(startedAt, delay.percentile(99) / 1e9, failures)
      delay.reset()
      const http = [...requests.values()].flatMap(({ route, status, counts, seconds }) => histogram({ route, status }, counts, seconds))
      return renderSamples([...own, ...http, ...read.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))])
    },
  }
}

function gauge(name: string, help: string, value: number): Sample {
  return { name, help, type: 'gauge', labels: {}, value }
}

function processSamples(startedAt: number, delaySeconds: number, failures: number): readonly Sample[] {
  const { user, system } = process.cpuUsage()
  const memory = process.memoryUsage()
  return [
    { name: 'process_cpu_seconds_total', help: 'CPU time used, user and system.', type: 'counter', labels: {}, value: (user + system) / 1e6 },
    gauge('process_resident_memory_bytes', 'Resident memory.', memory.rss),
    gauge('process_start_time_seconds', 'When the process started, seconds since 1970.', startedAt),
    gauge('nodejs_heap_used_bytes', 'JavaScript heap in use.', memory.heapUsed),
    gauge('nodejs_eventloop_delay_p99_seconds', 'How late the event loop ran, 99th percentile since the last scrape.', Number.isFinite(delaySeconds) ? delaySeconds : 0),
    { name: 'muster_metrics_source_failures_total', help: 'Measurements that could not be read.', type: 'counter', labels: {}, value: failures },
  ]
}

function histogram(labels: Readonly<Record<string, string>>, counts: readonly number[], seconds: number): readonly Sample[] {
  const base = { name: 'muster_http_request_duration_seconds', help: 'Time to answer a request.', type: 'histogram' as const }
  let cumulative = 0
  const buckets = counts.map((count, index): Sample => {
    cumulative += count
    return { ...base, suffix: '_bucket', labels: { ...labels, le: index < BUCKETS.length ? String(BUCKETS[index]) : '+Inf' }, value: cumulative }
  })
  return [...buckets, { ...base, suffix: '_sum', labels, value: seconds }, { ...base, suffix: '_count', labels, value: cumulative }]
}

/**
 * Samples as text: all of one name together under one HELP and TYPE, in the order names first appear.
 *
 * @throws TypeError for a name or label name Prometheus would reject, and for a name used with two types.
 */
export function renderSamples(samples: readonly Sample[]): string {
  const families = Map.groupBy(samples, ({ name }) => name)
  let text = ''
  for (const [name, family] of families) {
    const { help, type } = family[0]!
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new TypeError(`not a metric name: ${name}`)
    if (family.some((sample) => sample.type !== type)) throw new TypeError(`${name} has two types`)
    text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`
    for (const { suffix = '', labels, value } of family) text += `${name}${suffix}${renderLabels(labels)} ${renderValue(value)}\n`
  }
  return text
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw new TypeError(`not a label name: ${name}`)
    return `${name}="${escapeHelp(value).replaceAll('"', '\\"')}"`
  })
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Backslash and line feed; label values escape the quote too. */
function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function renderValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}
