import { type ErrorCode, MusterError, type Secret } from '@muster/core'
import { apiRoutes, problemSchema, type RouteInput, type RouteName, type RouteOutput, type RouteSpec } from '@muster/core/api'
import { refusals } from '../exit-codes.ts'

const TIMEOUT_MS = 60_000

/** Where the server is and what proves who asks. */
export type ServerAccess = { readonly server: string; readonly token: Secret }

/** The HTTP API, typed by its route table. */
export type Client = {
  /** @throws MusterError with the server's code, or server.unreachable. */
  call<Name extends RouteName>(name: Name, input: RouteInput<Name>): Promise<RouteOutput<Name>>
  /** The body of a file route, as it comes. */
  stream<Name extends RouteName>(name: Name, input: RouteInput<Name>): Promise<ReadableStream<Uint8Array>>
}

type Input = { readonly params?: Record<string, unknown>; readonly query?: Record<string, unknown>; readonly body?: unknown }

/** A client of `access`; `signal` ends whatever runs. */
export function createClient(access: ServerAccess, signal: AbortSignal): Client {
  return {
    async call(name, input) {
      const route: RouteSpec = apiRoutes[name]
      const response = await send(access, route, input as Input, signal)
      if (route.response === null) return null as never
      return route.response.parse(await response.json()) as never
    },
    async stream(name, input) {
      const response = await send(access, apiRoutes[name], input as Input, signal)
      if (response.body === null) throw new MusterError('server.unreachable', 'the server sent no body')
      return response.body
    },
  }
}

async function send({ server, token }: ServerAccess, route: RouteSpec, { params = {}, query = {}, body }: Input, signal: AbortSignal): Promise<Response> {
  const url = new URL(route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name]))), server)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, Array.isArray(value) ? value.join(',') : String(value))
  const headers = new Headers({ authorization: `Bearer ${token.revealText()}`, accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  const limit = route.stream === undefined ? AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) : signal
  let response: Response
  try {
    response = await fetch(url, { method: route.method, headers, signal: limit, redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  } catch (error) {
    if (signal.aborted) throw new MusterError('operation.cancelled', 'cancelled')
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    throw new MusterError('server.unreachable', `cannot reach the server at ${url.origin}${cause}`, {}, { cause: error })
  }
  if (!response.ok) throw await refusalOf(response)
  return response
}

async function refusalOf(response: Response): Promise<MusterError> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null))
  if (!problem.success) return new MusterError('server.unreachable', `the server answered ${response.status} and not as Muster does`)
  const { code, title, detail, requestId, errors = [] } = problem.data
  const fields = errors.map((error) => `\n  ${error.path}: ${error.message}`).join('')
  const known = code in refusals ? (code as ErrorCode) : 'internal'
  return new MusterError(known, `${detail ?? title}${fields}${known === 'internal' ? ` (request ${requestId})` : ''}`)
}
