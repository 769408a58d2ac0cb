import type { Action, Role, RouteInput, RouteName, RouteOutput, Session } from '@muster/core/api'
import { actionRoles, roles } from '@muster/core/api'
import { QueryCache, QueryClient, queryOptions, useMutation, useQueryClient, useSuspenseQuery, type UseMutationResult } from '@tanstack/react-query'
import { notify, notifyFailure } from '../ui/toast.tsx'
import { ApiProblem, call, setCsrfToken } from './client.ts'

/** Query options of a reading route; the key is the route's name and its input, so a whole route can be made stale at once. */
export function routeQuery<N extends RouteName>(name: N, ...[input]: keyof RouteInput<N> extends never ? [input?: undefined] : [input: RouteInput<N>]) {
  return queryOptions({
    queryKey: [name, input ?? null] as const,
    queryFn: ({ signal }): Promise<RouteOutput<N>> => (call as (name: N, input: unknown, signal: AbortSignal) => Promise<RouteOutput<N>>)(name, input, signal),
  })
}

/** Who is signed in; keeps the CSRF token at hand for changes. */
export const sessionQuery = queryOptions({
  queryKey: ['getSession', null] as const,
  queryFn: async ({ signal }): Promise<Session> => {
    const session = await call('getSession', undefined, signal)
    setCsrfToken(session.csrfToken)
    return session
  },
  staleTime: 60_000,
})

/** A client that retries what may succeed later and reports an ended session to `onSessionEnd`. */
export function createQueryClient(onSessionEnd: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiProblem && error.status === 401) onSessionEnd()
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 120_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && error instanceof ApiProblem && (error.status === 503 || error.status === 429),
      },
    },
  })
}

/** True when the signed-in role may do `action`: what it may not do is not shown. */
export function useMay(): (action: Action) => boolean {
  const { role } = useSuspenseQuery(sessionQuery).data
  return (action) => mayDo(role, action)
}

/** The order of {@link roles} decides: later roles may do everything earlier ones may. */
function mayDo(role: Role | null, action: Action): boolean {
  return role !== null && roles.indexOf(role) >= roles.indexOf(actionRoles[action])
}

/** Findings follow a change once the server has judged it, a moment later: they are read twice. */
const JUDGED_MS = 1500

/** A change through the API: afterwards the named routes are read again and `done` is said; failures are shown. */
export function useChange<Input, Output>(options: {
  change: (input: Input) => Promise<Output>
  stale: readonly RouteName[]
  done?: string | ((output: Output) => string)
  onDone?: (output: Output) => void
  /** Field errors are shown by the form itself. */
  quiet?: boolean
}): UseMutationResult<Output, Error, Input> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: options.change,
    onSuccess: async (output) => {
      if (options.done !== undefined) notify(typeof options.done === 'string' ? options.done : options.done(output))
      options.onDone?.(output)
      const readAgain = () => Promise.all(options.stale.map((name) => client.invalidateQueries({ queryKey: [name] })))
      if (options.stale.includes('listFindings')) setTimeout(() => void readAgain(), JUDGED_MS)
      await readAgain()
    },
    onError: (error) => {
      if (options.quiet !== true) notifyFailure(error)
    },
  })
}
