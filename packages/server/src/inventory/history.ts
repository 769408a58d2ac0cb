import { clip } from './credential-row.ts'
import type { CredentialEvent } from './event-store.ts'

/** A place a credential came to in a batch. */
export type Arrival = {
  readonly credentialId: string
  readonly kind: 'first-seen' | 'location-added' | 'location-returned'
  readonly place: string
  readonly machineName: string
}

/** One history entry per credential and kind of arrival, however many places: a thousand endpoints are one line. */
export function summariseArrivals(arrivals: readonly Arrival[], nextId: () => string): CredentialEvent[] {
  const groups = new Map<string, Arrival[]>()
  for (const arrival of arrivals) {
    const key = `${arrival.credentialId} ${arrival.kind}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [arrival])
    else group.push(arrival)
  }
  return Array.from(groups.values(), (group) => ({ id: nextId(), credentialId: group[0]!.credentialId, event: group[0]!.kind, summary: describePlaces(group) }))
}

/** `at PLACE on MACHINE and 11 more places`. */
export function describePlaces(places: readonly { readonly place: string; readonly machineName: string }[]): string {
  const first = places[0]!
  const more = places.length - 1
  const rest = more === 0 ? '' : more === 1 ? ' and 1 more place' : ` and ${more} more places`
  const machine = first.machineName === '' ? '' : ` on ${first.machineName}`
  return `${clip(`at ${first.place}${machine}`, 900)}${rest}`
}
