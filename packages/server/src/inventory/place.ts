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

/** Maps a location to its columns. */
export function toPlace(location: Location): PlaceColumns {
  const place = clip(placeOf(location), 4700)
  const factsText = storableJson(location)
  const endpoint = location.kind === 'endpoint' ? location : null
  return {
    hash: shortDigest(location.part, place),
    factsHash: shortDigest(factsText),
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
    factsText,
  }
}

/** An endpoint as one line: `host:port (starttls) as sni`. */
export function endpointName(endpoint: { readonly host: string; readonly port: number; readonly sni: string | null; readonly starttls: string | null }): string {
  const starttls = endpoint.starttls === null ? '' : ` (${endpoint.starttls})`
  const sni = endpoint.sni === null || endpoint.sni === endpoint.host ? '' : ` as ${endpoint.sni}`
  return `${hostPort(endpoint.host, endpoint.port)}${starttls}${sni}`
}
