import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** One request as a fake sees it. */
export type FakeRequest = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly headers: IncomingHttpHeaders; readonly body: string; /** Common name of the client's certificate; null without one. */ readonly client: string | null }

/** JSON with status 200 unless it says otherwise; `raw` takes the response over. */
export type FakeAnswer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown; readonly text?: string; readonly raw?: (response: ServerResponse, socket: Socket) => void }

export type FakeServer = { readonly url: string; readonly host: string; readonly requests: FakeRequest[]; readonly close: () => Promise<void> }

/** An HTTP server, or with `secure` an HTTPS server, on a free loopback port that answers by a function of the request and keeps what it was asked. */
export async function fakeServer(answer: (request: FakeRequest) => FakeAnswer, secure: ServerOptions | null = null): Promise<FakeServer> {
  const requests: FakeRequest[] = []
  const sockets = new Set<Socket>()
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://fake')
      const request = { method: incoming.method ?? '', path: url.pathname, query: url.searchParams, headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8'), client: clientOf(incoming.socket) }
      requests.push(request)
      const { status = 200, headers = {}, json, text, raw } = answer(request)
      if (raw !== undefined) return raw(response, incoming.socket)
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      response.end(text ?? (json === undefined ? '' : JSON.stringify(json)))
    })
  }
  const server = secure === null ? createServer(listener) : createSecureServer(secure, listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { url: `${secure === null ? 'http' : 'https'}://${host}`, host, requests, close }
}

function clientOf(socket: Socket): string | null {
  const name = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined
  return typeof name === 'string' ? name : null
}

/** The part of a list a page asks for, with the `Link` header that leads to the next one (RFC 8288). */
export function fakePage(request: FakeRequest, base: string, all: readonly unknown[], wrap: (items: readonly unknown[]) => unknown = (items) => items): FakeAnswer {
  const size = Math.min(Number(request.query.get('per_page') ?? 30), 100)
  const page = Number(request.query.get('page') ?? 1)
  const items = all.slice((page - 1) * size, page * size)
  const query = new URLSearchParams(request.query)
  query.set('page', String(page + 1))
  const link: Record<string, string> = page * size < all.length ? { link: `<${base}${request.path}?${query.toString()}>; rel="next", <${base}${request.path}?page=1>; rel="first"` } : {}
  return { json: wrap(items), headers: link }
}
