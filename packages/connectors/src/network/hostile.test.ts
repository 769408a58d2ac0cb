import type { Socket } from 'node:net'
import { manualClock } from '@muster/core'
import type { Observation, ScanBatch, ScanProblem } from '@muster/core'
import { createTestCertificate } from '@muster/testkit'
import { afterEach, expect, test } from 'vitest'
import { sshConnector } from '../ssh/index.ts'
import { tlsConnector } from '../tls/index.ts'
import { serve } from './loopback.fixture.ts'
import type { LoopbackServer } from './loopback.fixture.ts'

const servers: LoopbackServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function start(script: (socket: Socket) => void): Promise<number> {
  const server = await serve(script)
  servers.push(server)
  return server.port
}

/** Writes the piece again and again, in blocks of 64 KiB, as fast as the peer takes it. */
function endlessly(socket: Socket, piece: Buffer): void {
  const block = Buffer.concat(Array.from({ length: Math.ceil(65_536 / piece.length) }, () => piece))
  const more = (): void => {
    if (!socket.destroyed) socket.write(block, () => setImmediate(more))
  }
  more()
}

function drip(socket: Socket, bytes: Buffer): void {
  let at = 0
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(bytes.subarray(at % bytes.length, (at++ % bytes.length) + 1))), 20)
  socket.on('close', () => clearInterval(timer))
}

const record = (type: number, fragment: Uint8Array): Buffer => Buffer.concat([Uint8Array.of(type, 3, 3, fragment.length >> 8, fragment.length & 255), fragment])
const serverHello = record(22, Buffer.concat([Uint8Array.of(2, 0, 0, 38, 3, 3), Buffer.alloc(32, 7), Uint8Array.of(0, 0x00, 0x2f, 0)]))
const afterHello = (bytes: Buffer, then: (socket: Socket) => void = () => {}) => (socket: Socket): void => {
  socket.once('data', () => {
    socket.write(bytes)
    then(socket)
  })
}

const scripts: Record<string, (socket: Socket) => void> = {
  'says nothing': () => {},
  'sends one byte at a time': (socket) => drip(socket, serverHello),
  'never ends its banner': (socket) => endlessly(socket, Buffer.from('220-welcome to this server\r\n'.repeat(500))),
  'never ends its line': (socket) => endlessly(socket, Buffer.alloc(16_384, 0x2e)),
  'announces a certificate of 16 MB': afterHello(Buffer.concat([serverHello, record(22, Uint8Array.of(11, 0xff, 0xff, 0xff))])),
  'sends a certificate list of 100 MB': afterHello(Buffer.concat([serverHello, record(22, Uint8Array.of(11, 1, 0xff, 0xff, 1, 0xff, 0xfc, 1, 0xff, 0xf9))]), (socket) => endlessly(socket, record(22, new Uint8Array(16_384)))),
  'asks to renegotiate for ever': afterHello(serverHello, (socket) => endlessly(socket, record(22, new Uint8Array(4)))),
  'sends warnings for ever': afterHello(Buffer.alloc(0), (socket) => endlessly(socket, record(21, Uint8Array.of(1, 100)))),
  'sends garbage in records': afterHello(record(22, Buffer.alloc(2000, 0x5a))),
  'resets in the handshake': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'announces an SSH packet of 4 GB': (socket) => void socket.write(Buffer.concat([Buffer.from('SSH-2.0-evil\r\n'), Buffer.alloc(64, 0xff)])),
  'sends SSH debug messages for ever': (socket) => {
    socket.write('SSH-2.0-evil\r\n')
    endlessly(socket, Buffer.from([0, 0, 0, 12, 10, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
  },
}

type Seen = { readonly observations: Observation[]; readonly problems: ScanProblem[] }

async function scan(connector: typeof tlsConnector | typeof sshConnector, ports: readonly number[]): Promise<Seen> {
  const options = { targets: ports.map((port) => `127.0.0.1:${port}`), connectTimeoutMs: 2000, timeoutMs: 1500 }
  const context = { clock: manualClock('2026-01-01T00:00:00Z'), signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
  const seen: Seen = { observations: [], problems: [] }
  const batches: AsyncGenerator<ScanBatch> = connector.id === 'tls' ? tlsConnector.scan(tlsConnector.options.parse(options), context) : sshConnector.scan(sshConnector.options.parse(options), context)
  for await (const batch of batches) {
    seen.observations.push(...batch.observations)
    seen.problems.push(...batch.problems)
  }
  return seen
}

test.each(['tls', 'ssh'] as const)('every hostile server is bounded and reported by a %s scan, and the honest one beside it is read', async (id) => {
  const names = Object.keys(scripts)
  const ports = await Promise.all(names.map((name) => start(scripts[name]!)))
  const leaf = createTestCertificate({ keyType: 'P-256' })
  const der = leaf.der
  const size = der.length
  const list = Buffer.concat([Uint8Array.of(0, (size + 3) >> 8, (size + 3) & 255, 0, size >> 8, size & 255), der])
  const certificate = Buffer.concat([Uint8Array.of(11, 0, list.length >> 8, list.length & 255), list])
  const honest = await start(afterHello(Buffer.concat([serverHello, record(22, certificate), record(22, Uint8Array.of(14, 0, 0, 0))])))
  const before = performance.now()
  const { observations, problems } = await scan(id === 'tls' ? tlsConnector : sshConnector, [...ports, honest])
  expect(performance.now() - before).toBeLessThan(15_000)
  expect(problems.filter(({ where }) => where === `127.0.0.1:${honest}` && id === 'tls')).toEqual([])
  const reported = new Set(problems.map(({ where }) => where))
  const silentOnPurpose = id === 'tls' ? ['never ends its banner', 'never ends its line'] : []
  for (const [i, name] of names.entries()) if (!silentOnPurpose.includes(name)) expect(reported, name).toContain(`127.0.0.1:${ports[i]}`)
  if (id === 'tls') {
    expect(observations.flatMap((seen) => (seen.observation === 'sighting' && seen.of === 'credential' ? [seen.credential.fingerprint] : []))).toEqual([leaf.cert.fingerprint])
    const coverage = observations.flatMap((seen) => (seen.observation === 'coverage' && seen.scope.kind === 'endpoints' ? seen.scope.unanswered : []))
    expect(coverage).toContain(`127.0.0.1:${ports[names.indexOf('says nothing')]}`)
    expect(coverage).not.toContain(`127.0.0.1:${honest}`)
  }
})
