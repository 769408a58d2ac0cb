import { credentialSightingSchema, type CredentialSighting, type FileFacts, type Location, type Relation } from '@muster/core'
import type { FoundItem } from '@muster/pki'
import { THIS_MACHINE } from '../local/machine.ts'
import type { PlaceFacts } from '../local/places.ts'
import type { FileRoles } from './roles.ts'

/** Everything the observations of one file share. */
export type FileContext = {
  /** For the inventory, as `displayPath` gives it. */
  readonly path: string
  readonly facts: FileFacts
  readonly place: PlaceFacts
  readonly roles: FileRoles
}

/** A file of this many authorities and nothing else is a trust bundle, wherever it lies. */
const BUNDLE_AUTHORITIES = 30

/** True when the items are a list of trust anchors by their number and nature. */
export function isTrustBundle(items: readonly FoundItem[]): boolean {
  return (
    items.length >= BUNDLE_AUTHORITIES && items.every((item) => item.credential.kind === 'certificate' && item.credential.isCa)
  )
}

/** The item as a sighting in its file; null when it does not fit the inventory's limits. */
export function credentialSighting(item: FoundItem, context: FileContext, bundle: boolean): CredentialSighting | null {
  const sighting = {
    observation: 'sighting',
    of: 'credential',
    machine: THIS_MACHINE,
    credential: item.credential,
    location: locationOf(item, context, bundle),
  }
  const checked = credentialSightingSchema.safeParse(sighting)
  return checked.success ? checked.data : null
}

function locationOf(item: FoundItem, context: FileContext, bundle: boolean): Location {
  const { path, facts: file, place, roles } = context
  const part = item.part
  const comment = item.comment === null ? null : item.comment.slice(0, 512)
  if (item.authorizedKey !== undefined) {
    return {
      kind: 'authorized-key',
      part,
      path,
      comment,
      file,
      ...item.authorizedKey,
      account: roles.accounts.join(',').slice(0, 256),
    }
  }
  if (item.knownHost !== undefined) return { kind: 'known-host', part, path, file, ...item.knownHost }
  const trustStore = isAnchor(item) && (place.trustStore || bundle)
  const { inWebRoot, inServiceDirectory } = place
  if (item.storeType !== undefined) {
    return {
      kind: 'keystore-entry',
      part,
      path,
      storeType: item.storeType,
      alias: (item.alias ?? '').slice(0, 512),
      protection: item.protection,
      inWebRoot,
      inServiceDirectory,
      trustStore,
      file,
    }
  }
  return {
    kind: 'file',
    part,
    path,
    entry: item.entry,
    format: item.format,
    comment,
    protection: item.protection,
    inWebRoot,
    inServiceDirectory,
    trustStore,
    file,
  }
}

/** Only what can be a trust anchor hides among trust anchors: a server's own certificate or a key in such a place is shown. */
function isAnchor(item: FoundItem): boolean {
  if (item.part === 'private-key') return false
  return (item.credential.kind === 'certificate' && item.credential.isCa) || item.credential.kind === 'pgp-key'
}

/** The edges an item in a file with roles means. */
export function relationsOf(item: FoundItem, context: FileContext): Relation[] {
  const { roles, path: source } = context
  const credential = { of: 'credential', fingerprint: item.credential.fingerprint } as const
  const machine = { of: 'machine', ref: THIS_MACHINE } as const
  const relations: Relation[] = []
  const add = (type: Relation['type'], from: Relation['from'], to: Relation['to']): void => {
    relations.push({ observation: 'relation', type, from, to, source })
  }
  if (item.authorizedKey !== undefined && roles.letsIn) {
    for (const name of roles.identities) {
      const identity = { of: 'identity', machine: THIS_MACHINE, name } as const
      if (item.authorizedKey.certAuthority) add('trusts', identity, credential)
      else add('authenticates', credential, identity)
    }
  } else if (item.knownHost !== undefined) {
    if (item.knownHost.marker !== 'revoked') {
      for (const name of roles.identities) add('trusts', { of: 'identity', machine: THIS_MACHINE, name }, credential)
      if (roles.machineWide) add('trusts', machine, credential)
    }
  } else if (roles.trustedAuthority) {
    add('trusts', machine, credential)
  } else if (roles.hostKey && item.part === 'private-key') {
    add('uses', machine, credential)
  } else if (roles.ownKey && item.part === 'private-key') {
    for (const name of roles.identities) add('uses', { of: 'identity', machine: THIS_MACHINE, name }, credential)
  }
  return relations
}
