import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Dialer } from './dialer.ts'
import type { DialerOptions } from './dialer.ts'
import { forbid } from './forbidden.ts'
import { freePort, serve } from './loopback.fixture.ts'
import type { LoopbackServer } from './loopback.fixture.ts'
import { TokenBucket } from './token-bucket.ts'

let server: LoopbackServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

function dialer(change: Partial<DialerOptions> = {}): Dialer {
  return new Dialer({
    connectTimeoutMs: 1000, exchangeTimeoutMs: 300, maxBytes: 1000, forbidden: forbid([], []), signal: new AbortController().signal,
    ratePerSecond: null, perHostConcurrency: 100, ...change,
  })
}

test('no more connections to one address are open at once than allowed', async () => {
  let open = 0
  let most = 0
  server = await serve((socket) => {
    most = Math.max(most, ++open)
    socket.on('close', () => open--)
    socket.resume()
  })
  const { port } = server
  const it = dialer({ perHostConcurrency: 3, exchangeTimeoutMs: 10_000 })
  await Promise.all(Array.from({ length: 12 }, async () => {
    const connection = await it.open('127.0.0.1', port)
    await delay(15)
    connection.close()
    await delay(15)
  }))
  expect(server.connections()).toBe(12)
  expect(most).toBeLessThanOrEqual(6)
})

test('the rate holds over all callers, in the order they came', async () => {
  const bucket = new TokenBucket(200)
  const order: number[] = []
  const before = performance.now()
  await Promise.all(Array.from({ length: 60 }, async (_, i) => {
    await bucket.take(new AbortController().signal)
    order.push(i)
  }))
  // 20 may go at once, the other 40 wait 5 ms each.
  expect(performance.now() - before).toBeGreaterThanOrEqual(190)
  expect(order).toEqual([...order].sort((a, b) => a - b))
})

test('aborting cuts open connections off and lets nobody wait', async () => {
  server = await serve(() => {})
  const controller = new AbortController()
  const it = dialer({ signal: controller.signal, exchangeTimeoutMs: 60_000, ratePerSecond: 1 })
  const connection = await it.open('127.0.0.1', server.port)
  const reading = connection.read()
  const waiting = it.open('127.0.0.1', server.port)
  controller.abort()
  await expect(reading).rejects.toMatchObject({ code: 'operation.cancelled' })
  await expect(waiting).rejects.toMatchObject({ code: 'operation.cancelled' })
})

test('a connection is cut at its byte budget: at it no, one byte above it yes', async () => {
  for (const [size, outcome] of [[999, 'read'], [1000, 'read'], [1001, 'input.limit']] as const) {
    server = await serve((socket) => void socket.end(Buffer.alloc(size)))
    const connection = await dialer().open('127.0.0.1', server.port)
    let read = 0
    const all = (async () => {
      for (let chunk = await connection.read(); chunk !== null; chunk = await connection.read()) read += chunk.length
    })()
    if (outcome === 'read') {
      await all
      expect(read).toBe(size)
    } else await expect(all).rejects.toMatchObject({ code: outcome })
    connection.close()
    await server.close()
  }
})

test('a silent peer ends in a time-out, a closed port in a refusal, a forbidden address in neither', async () => {
  server = await serve(() => {})
  const connection = await dialer().open('127.0.0.1', server.port)
  await expect(connection.read()).rejects.toMatchObject({ code: 'connect.timeout' })
  await expect(dialer().open('127.0.0.1', await freePort())).rejects.toMatchObject({ code: 'connect.refused' })
  const before = server.connections()
  await expect(dialer({ forbidden: forbid([`127.0.0.1:${server.port}`], []) }).open('127.0.0.1', server.port)).rejects.toMatchObject({ code: 'target.forbidden' })
  expect(server.connections()).toBe(before)
})
