import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { MusterError } from '@muster/core'
import type { ListenAddress } from '../config.ts'
import { isLoopback } from './app.ts'
import type { TlsIdentity } from './self-signed.ts'

export type HttpServer = {
  /** Where it really listens, e.g. after port 0. */
  readonly address: ListenAddress
  readonly protocol: 'http' | 'https'
  /** Stops accepting, lets requests in flight finish, and after `graceMs` cuts what is left. */
  close(graceMs: number): Promise<void>
}

type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>

const HEADERS_TIMEOUT_MS = 15_000
/** The whole of a request must arrive within it: 16 MB at 140 kB/s. */
const REQUEST_TIMEOUT_MS = 120_000

/** Whether the address is only reachable from the machine itself. */
export function isLoopbackAddress({ host }: ListenAddress): boolean {
  return host === 'localhost' || isLoopback(host)
}

/**
 * Serves `fetch` on `address`, over TLS 1.2 or later where an identity is given.
 *
 * @throws MusterError listen.insecure for a non-loopback address without TLS; listen.failed when it cannot be bound.
 */
export async function listen(address: ListenAddress, tls: TlsIdentity | null, fetch: Fetch): Promise<HttpServer> {
  if (tls === null && !isLoopbackAddress(address)) {
    throw new MusterError('listen.insecure', `${address.host} is reachable from other machines and needs TLS`, { host: address.host })
  }
  const listener = getRequestListener(fetch as Parameters<typeof getRequestListener>[0], { overrideGlobalObjects: false })
  const server = makeServer(tls, (incoming, outgoing) => { void listener(incoming, outgoing) })
  await bind(server, address)
  const bound = server.address() as AddressInfo
  return {
    address: { host: address.host, port: bound.port },
    protocol: tls === null ? 'http' : 'https',
    close: (graceMs) => close(server, graceMs),
  }
}

function makeServer(tls: TlsIdentity | null, listener: RequestListener): Server {
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 10_000, connectionsCheckingInterval: 5_000 }
  if (tls === null) return createServer(timeouts, listener)
  return createTlsServer({ ...timeouts, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2', handshakeTimeout: 10_000, ALPNProtocols: ['http/1.1'] }, listener)
}

function bind(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port))
    server.once('error', failed)
    server.listen({ host, port }, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): MusterError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'something else listens there already',
    EACCES: 'this account may not listen on that port',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'the name has no address',
  }
  const reason = reasons[error.code ?? ''] ?? error.message
  return new MusterError('listen.failed', `cannot listen on ${host} port ${port}: ${reason}; choose another with --listen HOST:PORT`, { host, port }, { cause: error })
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  // Connections that fall idle during the grace period would otherwise linger for their keep-alive time.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  await closed
  clearTimeout(cut)
  clearInterval(sweep)
}
