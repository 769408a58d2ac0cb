import { apiRoutes, type RouteName } from '@muster/core/api'
import type { Slice } from '../slice.ts'
import type { RouteHandlers } from './handler.ts'

/**
 * The handler of every route of the table.
 *
 * @throws Error when a route is handled twice, or by nobody while `missing` is `refuse`: a mistake in the composition.
 */
export function collectHandlers(slices: readonly Slice[], missing: 'refuse' | 'leave-out'): RouteHandlers {
  const all: Partial<Record<RouteName, RouteHandlers[RouteName]>> = {}
  for (const slice of slices) {
    for (const [name, handler] of Object.entries(slice.handlers)) {
      if (!(name in apiRoutes)) throw new Error(`slice ${slice.name} handles ${name}, which is no route`)
      if (name in all) throw new Error(`route ${name} is handled twice, the second time by slice ${slice.name}`)
      Object.assign(all, { [name]: handler })
    }
  }
  const left = Object.keys(apiRoutes).filter((name) => !(name in all))
  if (left.length > 0 && missing === 'refuse') throw new Error(`routes nobody handles: ${left.join(', ')}`)
  return all as RouteHandlers
}
