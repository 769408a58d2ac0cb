import type { RouteName, RouteOutput, RouteParsed } from '@muster/core/api'
import type { Actor } from '../actor.ts'

/** What every handler receives besides its checked input. */
export type RequestContext = {
  /** Null only on routes that are open to everyone. */
  readonly actor: Actor | null
  readonly requestId: string
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  /** The raw request, for cookies, headers and streaming. */
  readonly request: Request
  /** The peer's address as the socket tells it (proxies are not believed unless configured). */
  readonly peerAddress: string
  /** Adds headers to the answer, e.g. Set-Cookie. */
  readonly responseHeaders: Headers
}

/** Checks are done: the route's action was authorised for the actor's role and `input` fits the route's schemas. */
export type RouteHandler<Name extends RouteName> = (
  input: RouteParsed<Name>,
  context: RequestContext,
) => Promise<RouteOutput<Name> | Response>

/** The handlers of one slice. */
export type RouteHandlers = { readonly [Name in RouteName]?: RouteHandler<Name> }

/** The actor of a route that is not open to everyone. @throws Error when the pipeline let nobody in: a mistake in the code. */
export function requireActor(actor: Actor | null): Actor {
  if (actor === null) throw new Error('a route with an action was reached without an actor')
  return actor
}
