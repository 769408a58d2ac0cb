import { hostPort, isMusterError, type Observation, type ScanBatch, type ScanProblem } from '@muster/core'
import type { EndpointProber, ProbeOutcome } from './endpoint-prober.ts'
import { THIS_MACHINE } from '../local/machine.ts'
import type { ListeningSocket, SocketTable } from '../local/sockets.ts'

export type EndpointScanParts = {
  readonly table: SocketTable
  readonly prober: EndpointProber
  readonly rights: string
  readonly timeoutMs: number
  /** Whether to walk protocol versions, cipher suites and groups of TLS endpoints. */
  readonly profile: boolean
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
  const prober = parts.prober.open({ timeoutMs: parts.timeoutMs, signal: parts.signal, profile: parts.profile })
  const unanswered: string[] = []
  let done = 0
  for (let from = 0; from < sockets.length && !parts.signal.aborted; from += parts.concurrency) {
    const round = sockets.slice(from, from + parts.concurrency)
    const outcomes = await Promise.all(
      round.map(async (socket) => ({
        socket,
        outcome: await probeSocket(socket, (address) =>
          prober.probe({ host: socket.address, address, port: socket.port, machine: THIS_MACHINE }),
        ),
      })),
    )
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
async function probeSocket(socket: ListeningSocket, probe: (address: string) => Promise<ProbeOutcome>): Promise<ProbeOutcome> {
  try {
    if (socket.address === '0.0.0.0') return await probe('127.0.0.1')
    if (socket.address !== '::') return await probe(socket.address)
    const first = await probe('::1')
    return first.answered ? first : await probe('127.0.0.1')
  } catch (error) {
    if (!isMusterError(error)) throw error
    return {
      observations: [],
      problems: [{ code: error.code, where: hostPort(socket.address, socket.port), message: error.message.slice(0, 1024) }],
      answered: false,
    }
  }
}

/** What the probe saw, with the process that owns the socket; a socket that gave nothing is still an endpoint. */
function observationsOf(socket: ListeningSocket, outcome: ProbeOutcome): Observation[] {
  const seen = outcome.observations.map((each): Observation =>
    each.observation === 'sighting' && each.of === 'endpoint' ? { ...each, process: socket.process } : each,
  )
  if (seen.some((each) => each.observation === 'sighting' && each.of === 'endpoint')) return seen
  const silent: Observation = {
    observation: 'sighting',
    of: 'endpoint',
    machine: THIS_MACHINE,
    host: socket.address,
    port: socket.port,
    sni: null,
    starttls: null,
    protocol: 'unknown',
    tls: null,
    ssh: null,
    process: socket.process,
  }
  return [silent, ...seen]
}

function closing(parts: EndpointScanParts, unanswered: readonly string[]): ScanBatch {
  const { table } = parts
  const problems: ScanProblem[] = []
  if (!table.available) {
    problems.push({
      code: 'file.unreadable',
      where: 'listening sockets',
      message: 'the list of listening sockets cannot be read on this system',
    })
  } else if (!table.complete) {
    const hidden = table.sockets.filter((socket) => socket.process === null).length
    const hint = parts.rights === 'root' ? 'it runs outside this container' : 'run the scan as root to see it'
    problems.push({
      code: 'access.denied',
      where: 'listening sockets',
      message: `the process of ${hidden} of ${table.sockets.length} sockets could not be seen; ${hint}`,
    })
  }
  const bound = new Set([...WILDCARDS, ...LOOPBACKS, ...table.sockets.map((socket) => socket.address)])
  const coverage: Observation = {
    observation: 'coverage',
    machine: THIS_MACHINE,
    rights: parts.rights,
    complete: unanswered.length === 0,
    scope: { kind: 'sockets', protocols: ['tls', 'ssh'], hosts: [...bound].sort(), unanswered: [...unanswered] },
  }
  return {
    observations: table.available ? [coverage] : [],
    problems,
    progress: { done: table.sockets.length, total: table.sockets.length, unit: 'endpoints', current: '' },
    cursor: parts.cursor,
  }
}
