import { placeOf } from '@muster/core'
import type { OwnerSuggestion } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import { credentialExists } from './detail-store.ts'
import { notFound } from './detail.ts'
import { type OwnedPlace, ownersOfSameKey, readOwnedPlaces } from './owner-suggestion-store.ts'

const MAX_SUGGESTIONS = 3
const MAX_PLACES = 500
const MAX_SAME_KEY = 20
/** From this weight on one would bet on it. */
const HIGH = 8
const MEDIUM = 4

/** A reason somebody may answer for it; heavier is likelier. */
type Hint = { readonly owner: string; readonly weight: number; readonly reason: string }

/**
 * Who may answer for a credential: at most three, likeliest first. Read off what is known, never asked of anybody.
 *
 * @throws MusterError object.not-found
 */
export async function suggestOwners(db: Db, { tenantId }: Authorized, id: string): Promise<OwnerSuggestion[]> {
  if (!(await credentialExists(db, tenantId, id))) throw notFound(id)
  const places = await readOwnedPlaces(db, tenantId, id, MAX_PLACES)
  const sameKey = await ownersOfSameKey(db, tenantId, id, MAX_SAME_KEY)
  const hints = [...places.flatMap(hintsOf), ...sameKey.map(({ owner, name }) => ({ owner, weight: 8, reason: `answers for ${name}, which has the same key` }))]
  return ranked(hints)
}

/** The first reason of each owner is the heaviest; others who say the same add a little. */
export function ranked(hints: readonly Hint[]): OwnerSuggestion[] {
  const byOwner = [...Map.groupBy(hints, ({ owner }) => owner.toLowerCase()).values()].map((group) => {
    const [first, ...others] = group.toSorted((a, b) => b.weight - a.weight)
    const more = new Set(others.map(({ reason }) => reason)).size
    return { first: first!, weight: first!.weight + Math.min(3, more), more }
  })
  return byOwner.toSorted((a, b) => b.weight - a.weight || (a.first.owner < b.first.owner ? -1 : 1)).slice(0, MAX_SUGGESTIONS).map(({ first, weight, more }) => ({
    owner: first.owner.slice(0, 256),
    confidence: weight >= HIGH ? 'high' : weight >= MEDIUM ? 'medium' : 'low',
    reason: `${first.reason}${more === 0 ? '' : `, and ${more} more ${more === 1 ? 'reason' : 'reasons'}`}`.slice(0, 500),
  }))
}

function hintsOf({ location, machineName, machineOwner, gone }: OwnedPlace): Hint[] {
  const less = gone ? 3 : 0
  const hints: Hint[] = []
  const add = (owner: string | null, weight: number, reason: string) => {
    if (owner !== null && owner.trim() !== '') hints.push({ owner: owner.trim(), weight: Math.max(1, weight - less), reason })
  }
  const place = placeOf(location)
  add(machineOwner, 8, `answers for ${machineName}`)
  if (location.kind === 'repository-line') {
    for (const owner of location.codeOwners) add(owner, 7, `CODEOWNERS names them for ${place}`)
    const { commit } = location
    if (commit !== null && !isRobot(commit.authorName, commit.authorEmail)) {
      add(commit.authorEmail === '' ? commit.authorName : commit.authorEmail, 6, `brought it in with commit ${commit.id.slice(0, 12)} of ${commit.committedAt.slice(0, 10)}`)
    }
  }
  if ('file' in location && location.file.ownerName !== null && !systemAccounts.has(location.file.ownerName)) add(location.file.ownerName, 3, `owns the file ${place} on ${machineName}`)
  if (location.kind === 'authorized-key' && !systemAccounts.has(location.account)) add(location.account, 3, `lets it in at ${place} on ${machineName}`)
  return hints
}

const systemAccounts = new Set(['root', 'daemon', 'bin', 'sys', 'nobody', 'www-data', 'nginx', 'apache', 'postgres', 'mysql', 'redis', 'git', 'ubuntu', 'debian', 'ec2-user', 'admin'])

function isRobot(name: string, email: string): boolean {
  return /\[bot\]|\bbot\b|noreply@github\.com$|dependabot|renovate|github-actions|jenkins/i.test(`${name} ${email}`) && !/^\d+\+[\w-]+@users\.noreply\.github\.com$/.test(email)
}
