import type { Secret } from '@muster/core'
import type { Facts } from '../finding.ts'
import { secretDigest } from '../fingerprint.ts'
import { identityOfName, nameWords } from '../formats/names.ts'
import type { FoundSecret } from './found-secret.ts'
import { awsFacts } from './key-pairs.ts'

/** A finding with its place: `path` as people see it, `tree` the same for what is there at the same time (a commit, a checked-out tree). */
export type FindingInTree = { readonly found: FoundSecret; readonly path: string; readonly tree: string }

/** One half of a pair; halves with the same `group` may belong together, near or, where `known` tells whose they are, anywhere in the tree. */
type Half = { readonly at: FindingInTree; readonly index: number; readonly group: string; readonly known: boolean; readonly value: string }
type Id = Half & { readonly facts: Facts }

/** Words that tell the halves of a pair apart; what stands before them is whose pair it is. */
const roleWords: ReadonlySet<string> = new Set(['id', 'sid', 'clientid', 'accountsid', 'client', 'consumer', 'account', 'secret', 'clientsecret', 'token', 'auth', 'authtoken', 'key', 'api', 'access', 'oauth', 'oauth2', 'app'])

/**
 * The findings with the id of each key pair among the facts of its secret, where the two stand in different files: in one directory, or anywhere in the tree
 * when their names begin alike (`PAYPAL_…`). Only where one id and one secret are left that fit, so that nothing is guessed.
 */
export function pairedAcrossFiles(all: readonly FindingInTree[]): readonly FoundSecret[] {
  const ids = all.flatMap(idOf)
  if (ids.length === 0) return all.map(({ found }) => found)
  const result = all.map(({ found }) => found)
  let secrets = all.flatMap(secretOf)
  const used = new Set(result.flatMap(({ facts }) => [facts['keyId'], facts['clientId']].flatMap((id) => id ?? [])))
  for (const scope of [inFile, inDirectory, inTree]) {
    const idsByScope = Map.groupBy(ids.filter(({ value }) => !used.has(value)), scope)
    for (const [where, rivals] of Map.groupBy(secrets, scope)) {
      const [id] = idsByScope.get(where) ?? []
      if (where === null || id === undefined || !areOne(idsByScope.get(where)!) || !areOne(rivals)) continue
      for (const { index } of rivals) result[index] = { ...result[index]!, facts: { ...id.facts, ...result[index]!.facts } }
      used.add(id.value)
      secrets = secrets.filter((secret) => !rivals.includes(secret))
    }
  }
  return result
}

/**
 * What {@link pairedAcrossFiles} may not tie together because it has not seen everything: the findings with the id of their pair, where a whole source, all of
 * it seen, holds exactly one id and one secret of that provider, or of names that begin alike. Wherever they lie in it.
 */
export function pairedInSource(all: readonly FindingInTree[]): readonly FoundSecret[] {
  const result = all.map(({ found }) => found)
  const ids = Map.groupBy(all.flatMap(idOf).filter(({ known }) => known), ({ group }) => group)
  const secrets = Map.groupBy(all.flatMap((at, index) => secretOf({ ...at, found: { ...at.found, facts: withoutId(at.found.facts) } }, index)).filter(({ known }) => known), ({ group }) => group)
  for (const [group, halves] of secrets) {
    const [id] = ids.get(group) ?? []
    if (id === undefined || !areOne(ids.get(group)!) || !areOne(halves)) continue
    const isTied = (facts: Facts): boolean => Object.keys(id.facts).every((name) => facts[name] !== undefined)
    for (const { index } of halves) if (!isTied(result[index]!.facts)) result[index] = { ...result[index]!, facts: { ...id.facts, ...result[index]!.facts } }
  }
  return result
}

/** Whether a finding is one half of a pair, so that it counts in {@link pairedInSource}. */
export function isHalf(found: FoundSecret): boolean {
  const at = { found: { ...found, facts: withoutId(found.facts) }, path: found.path, tree: '' }
  return idOf(at, 0).length + secretOf(at, 0).length > 0
}

/** What a finding counts as in {@link pairedInSource}: an id, which is no secret, or the secret to one, of the pairs of a group; null when it is neither. */
export function sourceHalfOf(found: FoundSecret): { readonly group: string; readonly id: { readonly value: string; readonly facts: Facts } | null } | null {
  const at = { found: { ...found, facts: withoutId(found.facts) }, path: found.path, tree: '' }
  const id = idOf({ ...at, found }, 0).find(({ known }) => known)
  if (id !== undefined) return { group: id.group, id: { value: id.value, facts: id.facts } }
  const secret = secretOf(at, 0).find(({ known }) => known)
  return secret === undefined ? null : { group: secret.group, id: null }
}

const idFacts = ['keyId', 'clientId', 'accountId'] as const

function withoutId(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !idFacts.some((each) => each === name)))
}

/**
 * The session token without which a temporary key of AWS is nothing: told to be of that key by its format, or the only one in the same file, or else the
 * only one in the same tree. Null for other secrets, and where two would fit.
 */
export function sessionTokenOf({ found, path, tree }: FindingInTree, all: readonly FindingInTree[]): Secret | null {
  const { keyId } = found.facts
  if (found.kind !== 'aws-secret-access-key' || keyId?.startsWith('ASIA') !== true) return null
  const tokens = all.filter((each) => each.found.kind === 'aws-session-token' && each.found.suppressedBy === null && each.found.reference === null)
  const near = [(each: FindingInTree) => each.found.facts['keyId'] === keyId, (each: FindingInTree) => each.tree === tree && each.path === path && each.found.facts['keyId'] === undefined, (each: FindingInTree) => each.tree === tree && each.found.facts['keyId'] === undefined]
  for (const fits of near) {
    const those = tokens.filter(fits)
    if (those.length > 0) return new Set(those.map((each) => secretDigest(each.found.secret))).size === 1 ? those[0]!.found.secret : null
  }
  return null
}

const areOne = (halves: readonly Half[]): boolean => new Set(halves.map(({ value }) => value)).size === 1
const inFile = ({ at, group }: Half): string | null => `${at.tree}\0${group}\0${at.path}`
const inDirectory = ({ at, group }: Half): string | null => `${at.tree}\0${group}\0${at.path.slice(0, Math.max(at.path.lastIndexOf('/'), at.path.lastIndexOf('!'), 0))}`
const inTree = ({ at, group, known }: Half): string | null => (known ? `${at.tree}\0${group}` : null)

function idOf(at: FindingInTree, index: number): Id[] {
  const { kind, reference, suppressedBy, facts } = at.found
  if (suppressedBy !== null) return []
  if (kind === 'aws-access-key-id') {
    const own = awsFacts(at.found)
    return [{ at, index, group: 'aws', known: true, value: own['keyId']!, facts: own }]
  }
  const role = reference?.kind === 'identity' ? identityOfName(facts['name'] ?? '') : null
  if (role === null) return []
  const owner = ownerOf(facts['name']!)
  return [{ at, index, group: `${role} ${owner}`, known: owner !== '', value: reference!.name, facts: { [`${role}Id`]: reference!.name } }]
}

function secretOf(at: FindingInTree, index: number): Half[] {
  const { kind, reference, suppressedBy, facts, secret } = at.found
  if (suppressedBy !== null || reference !== null) return []
  if (kind === 'aws-secret-access-key') return facts['keyId'] === undefined ? [{ at, index, group: 'aws', known: true, value: secretDigest(secret) }] : []
  const words = nameWords(facts['name'] ?? '')
  const last = words.at(-1) ?? ''
  const role = last === 'secret' || last === 'clientsecret' ? 'client' : last === 'token' || last === 'authtoken' ? 'account' : null
  if (role === null || facts[`${role}Id`] !== undefined) return []
  const owner = ownerOf(facts['name']!)
  return [{ at, index, group: `${role} ${owner}`, known: owner !== '', value: secretDigest(secret) }]
}

/** Whose pair the names of both halves are of: the words before those that tell the halves apart. */
function ownerOf(name: string): string {
  const words = [...nameWords(name)]
  while (words.length > 0 && roleWords.has(words.at(-1)!)) words.pop()
  return words.join(' ')
}
