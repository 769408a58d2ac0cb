import { credentialSightingSchema, hostPort, type Observation, type ScanBatch, type ScanProblem } from '@muster/core'
import type { EndpointProber, ProbeOutcome } from './endpoint-prober.ts'
import { THIS_MACHINE } from './machine.ts'
import type { ListeningSocket, SocketTable } from './sockets.ts'

export type EndpointScanParts = {
  readonly table: SocketTable
  readonly prober: EndpointProber
  readonly rights: string
  readonly timeoutMs: number
  readonly concurrency: number
  readonly signal: AbortSignal
  /** The cursor every batch carries: sockets are few, so an interrupted scan probes them again. */
  readonly cursor: string
}

const WILDCARDS = ['0.0.0.0', '::']
const LOOPBACKS = ['127.0.0.1', '::1']

/**
 * Probes the machine's listening sockets and yields what they are, a batch per round of `concurrency`, then one coverage
 * statement. A socket bound to every address is probed on loopback and reported as bound.
 */
export async function* scanEndpoints(parts: EndpointScanParts): AsyncGenerator<ScanBatch, void, void> {
  const { sockets } = parts.table
  const unanswered: string[] = []
  let done = 0
  for (let from = 0; from < sockets.length && !parts.signal.aborted; from += parts.concurrency) {
    const round = sockets.slice(from, from + parts.concurrency)
    const outcomes = await Promise.all(round.map(async (socket) => ({ socket, outcome: await probeSocket(socket, parts) })))
    if (parts.signal.aborted) return
    done += round.length
    for (const { socket, outcome } of outcomes) if (!outcome.answered) unanswered.push(hostPort(socket.address, socket.port))
    yield {
      observations: outcomes.flatMap(({ socket, outcome }) => observationsOf(socket, outcome)),
      problems: outcomes.flatMap(({ outcome }) => outcome.problems),
      progress: { done, total: sockets.length, unit: 'endpoints', current: hostPort(round[0]!.address, round[0]!.port) },
      cursor: parts.cursor,
    }
  }
  if (!parts.signal.aborted) yield closing(parts, unanswered)
}

/** Loopback for sockets bound to every address; `::` usually answers on IPv4 as well, and must where IPv6 is off. */
async function probeSocket(socket: ListeningSocket, parts: EndpointScanParts): Promise<ProbeOutcome> {
  const options = { timeoutMs: parts.timeoutMs, signal: parts.signal }
  const { port } = socket
  if (socket.address === '0.0.0.0') return parts.prober.probe({ host: '127.0.0.1', port }, options)
  if (socket.address !== '::') return parts.prober.probe({ host: socket.address, port }, options)
  const first = await parts.prober.probe({ host: '::1', port }, options)
  return first.answered ? first : parts.prober.probe({ host: '127.0.0.1', port }, options)
}

function observationsOf(socket: ListeningSocket, outcome: ProbeOutcome): Observation[] {
  const { address: host, port } = socket
  const endpoint: Observation = {
    observation: 'sighting', of: 'endpoint', machine: THIS_MACHINE, host, port, sni: null, starttls: outcome.starttls,
    protocol: outcome.protocol, tls: outcome.tls, ssh: outcome.ssh, process: socket.process,
  }
  if (outcome.protocol === 'unknown') return [endpoint]
  const { protocol, starttls } = outcome
  const credentials = outcome.presented.flatMap(({ credential, part, position }) => {
    const checked = credentialSightingSchema.safeParse({
      observation: 'sighting', of: 'credential', machine: THIS_MACHINE, credential,
      location: { kind: 'endpoint', part, host, port, protocol, starttls, sni: null, position },
    })
    return checked.success ? [checked.data] : []
  })
  return [endpoint, ...credentials]
}

function closing(parts: EndpointScanParts, unanswered: readonly string[]): ScanBatch {
  const { table } = parts
  const problems: ScanProblem[] = []
  if (!table.available) {
    problems.push({ code: 'file.unreadable', where: 'listening sockets', message: 'the list of listening sockets cannot be read on this system' })
  } else if (!table.complete) {
    const hidden = table.sockets.filter((socket) => socket.process === null).length
    problems.push({ code: 'access.denied', where: 'listening sockets', message: `the process of ${hidden} of ${table.sockets.length} sockets could not be seen; run the scan as root to see it` })
  }
  const bound = new Set([...WILDCARDS, ...LOOPBACKS, ...table.sockets.map((socket) => socket.address)])
  const coverage: Observation = {
    observation: 'coverage', machine: THIS_MACHINE, rights: parts.rights, complete: unanswered.length === 0,
    scope: { kind: 'sockets', protocols: ['tls', 'ssh'], hosts: [...bound].sort(), unanswered: [...unanswered] },
  }
  return {
    observations: table.available ? [coverage] : [], problems,
    progress: { done: table.sockets.length, total: table.sockets.length, unit: 'endpoints', current: '' }, cursor: parts.cursor,
  }
}
