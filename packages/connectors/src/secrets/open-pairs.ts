import type { CredentialSighting, Observation } from '@muster/core'
import { type FoundSecret, sourceHalfOf } from '@muster/detect'
import type { NotedGroup, NotedPairs } from './noted-pairs.ts'
import type { PlacedFinding } from './observing.ts'

/** Cursors have room for as many characters beside their position. */
const MAX_NOTED = 60_000

/**
 * Halves of pairs of a target that is not seen to its end, so that a scan that goes on where another was stopped can tie them together. Values are in it as fingerprints, in no other
 * form.
 */
export class OpenPairs {
  #groups: Map<string, NotedGroup> | null

  constructor(noted: NotedPairs) {
    this.#groups = noted === null ? null : new Map(noted.map((group) => [group.group, group]))
  }

  /** Notes halves, of which `observations` tell. */
  take(halves: readonly PlacedFinding[], observations: readonly Observation[]): void {
    const sightings = new Map(halves.length === 0 ? [] : observations.flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [[placeOf(each), each] as const] : [])))
    for (const half of halves) this.#note(half, sightings.get(keyOf(half)))
  }

  #note({ found }: PlacedFinding, sighting: CredentialSighting | undefined): void {
    const half = sourceHalfOf(found)
    if (half === null || this.#groups === null) return
    const group = this.#groups.get(half.group) ?? { group: half.group, id: null, secret: null, isAmbiguous: false }
    if (group.isAmbiguous) return
    if (half.id !== null) this.#set(group, group.id === null || group.id.value === half.id.value ? { id: half.id } : null)
    else if (sighting?.credential.kind === 'secret') {
      const { fingerprint } = sighting.credential
      this.#set(group, group.secret === null || group.secret.fingerprint === fingerprint ? { secret: { fingerprint, sightings: [...group.secret?.sightings ?? [], sighting] } } : null)
    }
  }

  #set(group: NotedGroup, change: Partial<NotedGroup> | null): void {
    this.#groups!.set(group.group, change === null ? { group: group.group, id: null, secret: null, isAmbiguous: true } : { ...group, ...change })
  }

  /** What a cursor keeps of them. */
  get noted(): NotedPairs {
    const noted = this.#groups === null ? null : [...this.#groups.values()]
    if (noted === null || JSON.stringify(noted).length <= MAX_NOTED) return noted
    this.#groups = null
    return null
  }

  /** Of a target that was seen to its end: secrets with the id of the only pair they can be of. */
  told(): readonly Observation[] {
    return [...this.#groups?.values() ?? []].flatMap(({ id, secret }) => (id === null ? [] : (secret?.sightings ?? []).flatMap((sighting) => {
      const { credential } = sighting
      const isTied = credential.kind === 'secret' && Object.keys(id.facts).every((name) => credential.facts[name] !== undefined)
      return credential.kind !== 'secret' || isTied ? [] : [{ ...sighting, credential: { ...credential, facts: { ...id.facts, ...credential.facts } } }]
    })))
  }
}

const placeOf = ({ machine, location }: CredentialSighting): string => ('column' in location ? `${machine} ${location.path} ${location.line} ${location.column}` : '')

function keyOf({ found, place }: { readonly found: FoundSecret; readonly place: PlacedFinding['place'] }): string {
  return `${place.machine} ${place.path.slice(0, 4096).toWellFormed()} ${found.line} ${Math.max(1, found.column)}`
}
