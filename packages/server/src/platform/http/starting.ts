import { MusterError } from '@muster/core'
import { problemResponse } from './problems.ts'
import { addSecurityHeaders } from './security-headers.ts'

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="1"><title>Muster is starting</title></head>
<body><main><h1>Muster is starting</h1><p>This page opens by itself in a moment.</p></main></body></html>`

/** What the door answers from the moment the port is bound until everything behind it is there. */
export function startingAnswer(request: Request, protocol: 'http' | 'https'): Response {
  const { pathname } = new URL(request.url)
  const response = pathname === '/healthz' ? plain('ok\n', 200)
    : pathname === '/readyz' ? plain('not ready: starting\n', 503)
    : pathname.startsWith('/api/') ? problemResponse(new MusterError('store.unavailable', 'the server is starting; try again', { retryAfterSeconds: 1 }), 'starting')
    : new Response(PAGE, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '1', 'cache-control': 'no-store' } })
  addSecurityHeaders(response.headers, protocol)
  return response
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
}
