import { apiRoutes, type ApiRoutes, type ProblemDetails, type RouteInput, type RouteName, type RouteOutput } from '@muster/core/api'
import { searchOf } from '../format/search.ts'

/** A refusal of the API, or of the way to it (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  /** What the server's log knows this request by; null when no answer came. */
  readonly requestId: string | null
  /** Messages by field path. */
  readonly fields: Readonly<Record<string, string>>

  constructor(problem: { status: number; code: string; message: string; requestId: string | null; fields?: Record<string, string> }) {
    super(problem.message)
    this.status = problem.status
    this.code = problem.code
    this.requestId = problem.requestId
    this.fields = problem.fields ?? {}
  }
}

let csrfToken: string | null = null
/** Keeps the session's CSRF token for every later change. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token
}

type Loose = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }

/** The route's URL with parameters and query filled in; list values join with commas, unset ones are left out. */
export function urlOf(name: RouteName, input: Loose = {}): string {
  const path = apiRoutes[name].path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(input.params?.[key] ?? '')))
  const query = searchOf(input.query ?? {})
  return query === '' ? path : `${path}?${query}`
}

/** The server's messages are written to follow a colon; alone on a page they begin like a sentence. */
function sentence(message: string): string {
  return /^[a-z]/.test(message) ? message[0]!.toUpperCase() + message.slice(1) : message
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get('x-request-id')
  try {
    const details = (await response.json()) as ProblemDetails
    const fields = Object.fromEntries((details.errors ?? []).map((entry) => [entry.path, entry.message]))
    return new ApiProblem({
      status: response.status,
      code: details.code,
      message: sentence(details.detail ?? details.title),
      requestId: details.requestId ?? requestId,
      fields,
    })
  } catch {
    return new ApiProblem({ status: response.status, code: 'internal', message: `The server answered ${response.status}`, requestId })
  }
}

/**
 * Calls a route of the API. Answers are of this server's own version and are trusted as typed.
 * @throws ApiProblem for every refusal and when the server cannot be reached.
 */
export async function call<N extends RouteName>(
  name: N,
  ...[input, signal]: keyof RouteInput<N> extends never ? [input?: undefined, signal?: AbortSignal] : [input: RouteInput<N>, signal?: AbortSignal]
): Promise<RouteOutput<N>> {
  const route: ApiRoutes[RouteName] = apiRoutes[name]
  const loose = (input ?? {}) as Loose
  const headers: Record<string, string> = { accept: 'application/json' }
  if (loose.body !== undefined) headers['content-type'] = 'application/json'
  if (route.method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken
  let response: Response
  try {
    response = await fetch(urlOf(name, loose), {
      method: route.method,
      headers,
      credentials: 'same-origin',
      ...(loose.body === undefined ? {} : { body: JSON.stringify(loose.body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new ApiProblem({ status: 0, code: 'server.unreachable', message: 'The Muster server does not answer', requestId: null })
  }
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204) return null as RouteOutput<N>
  return (await response.json()) as RouteOutput<N>
}
