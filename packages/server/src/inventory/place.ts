import { hostPort, type Location, placeOf } from '@muster/core'
import { shortDigest } from './digest.ts'
import { clip } from './credential-row.ts'
import { storableJson } from '../platform/db/json-parameter.ts'

/** A location's columns. `hash` names the place within machine and credential, `factsHash` changes when a fact does. */
export type PlaceColumns = {
  readonly hash: string
  readonly factsHash: string
  readonly kind: Location['kind']
  readonly part: string
  readonly place: string
  readonly path: string | null
  readonly host: string | null
  readonly port: number | null
  readonly sni: string | null
  readonly protocol: string | null
  readonly trustStore: boolean
  readonly facts: Location
  /** The same as JSON that can be stored. */
  readonly factsText: string
}

/** Maps a location to its columns. Digests and text are made when they are first asked for: of new places that is while the store is busy with others. */
export function toPlace(location: Location): PlaceColumns {
  const place = clip(placeOf(location), 4700)
  const endpoint = location.kind === 'endpoint' ? location : null
  const made: { hash?: string; factsHash?: string; factsText?: string } = {}
  return {
    get hash() { return (made.hash ??= shortDigest(location.part, place)) },
    get factsHash() { return (made.factsHash ??= shortDigest(this.factsText)) },
    get factsText() { return (made.factsText ??= storableJson(location)) },
    kind: location.kind,
    part: location.part,
    place,
    path: 'path' in location ? location.path : null,
    host: endpoint?.host ?? null,
    port: endpoint?.port ?? null,
    sni: endpoint?.sni ?? null,
    protocol: endpoint?.protocol ?? null,
    trustStore: 'trustStore' in location && location.trustStore,
    facts: location,
  }
}

/** An endpoint as one line: `host:port (starttls) as sni`. */
export function endpointName(endpoint: { readonly host: string; readonly port: number; readonly sni: string | null; readonly starttls: string | null }): string {
  const starttls = endpoint.starttls === null ? '' : ` (${endpoint.starttls})`
  const sni = endpoint.sni === null || endpoint.sni === endpoint.host ? '' : ` as ${endpoint.sni}`
  return `${hostPort(endpoint.host, endpoint.port)}${starttls}${sni}`
}
