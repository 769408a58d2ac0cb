import type { CredentialSighting, Credential, FileFacts, Location, Observation, Secret, SecretFingerprints } from '@muster/core'
import { credentialSightingSchema, instantSchema, secretCredentialSchema } from '@muster/core'
import { type FoundSecret, namedSecretDigest, secretDigest } from '@muster/detect/inspect'
// The client of APIs beside it takes longer to load than a small scan.
import { mergedFacts, type VerifiedFacts } from '../api/verified-facts.ts'
import { consumerOf, trustOf } from './consumers.ts'
import type { CommitFacts, Presence } from './finding.ts'
import { keyReader } from './key-material.ts'
import { configurationsOf } from './trusts.ts'

/** Where a finding stands, as the inventory keeps it. */
export type FindingPlace =
  | { readonly kind: 'file-line'; readonly machine: string; readonly path: string; readonly file: FileFacts; readonly inWebRoot: boolean }
  | { readonly kind: 'repository-line'; readonly machine: string; readonly path: string; readonly blob: string | null; readonly commit: CommitFacts | null; readonly codeOwners: readonly string[]; readonly presence: Presence }
  | { readonly kind: 'image-line'; readonly machine: string; readonly path: string }

/** The consumer's system and scope for names of secrets: a repository's pipeline takes them from the code host it lies at. */
export type PlacedFinding = {
  readonly found: FoundSecret
  readonly place: FindingPlace
  readonly scope: string
  /** Without which a temporary key is nothing; goes to whoever is asked about it and nowhere else. */
  readonly sessionToken?: Secret
}

/** Digests asked for at a time. */
const MAX_DIGESTS = 5000

type Draft = { readonly digest: string; readonly observe: (fingerprint: string) => readonly Observation[] }

/**
 * What findings mean to the inventory. Values go in as digests and leave in no form, except to whom `verifiedFacts` asks; suppressed findings
 * mean nothing. Private keys that are encrypted are opened with the passphrases.
 */
export async function observationsOf(findings: readonly PlacedFinding[], fingerprints: SecretFingerprints, verifiedFacts: VerifiedFacts | null = null, passphrases: readonly Secret[] = []): Promise<Observation[]> {
  const ready: Observation[] = []
  const keysIn = keyReader(passphrases)
  const pending: (Draft | Promise<Draft>)[] = []
  for (const finding of findings) {
    const { found } = finding
    if (found.suppressedBy !== null || found.line < 1) continue
    if (found.reference !== null) {
      ready.push(...trustOf(finding), ...configurationsOf(finding))
      const consumer = consumerOf(finding)
      if (consumer !== null) pending.push({ digest: namedSecretDigest(...consumer.name), observe: consumer.observe })
      continue
    }
    const keys = await keysIn(found.secret)
    if (keys.length > 0) ready.push(...keys.flatMap((key) => sighting(finding, key.credential, key.part)))
    else if (!isEmpty(found)) pending.push(draftOf(finding, verifiedFacts))
  }
  const drafts = await Promise.all(pending)
  for (let from = 0; from < drafts.length; from += MAX_DIGESTS) {
    const part = drafts.slice(from, from + MAX_DIGESTS)
    const answers = await fingerprints(part.map(({ digest }) => digest))
    ready.push(...part.flatMap(({ observe }, index) => observe(answers[index]!)))
  }
  return unrepeated(ready)
}

async function draftOf(finding: PlacedFinding, verifiedFacts: VerifiedFacts | null): Promise<Draft> {
  const { sessionToken, found: { secret, kind, facts } } = finding
  const found = verifiedFacts === null ? finding.found : { ...finding.found, facts: mergedFacts(facts, await verifiedFacts({ kind, secret, facts, ...(sessionToken === undefined ? {} : { sessionToken }) })) }
  return { digest: secretDigest(secret), observe: (fingerprint) => sighting(finding, secretOf(found, fingerprint), 'value') }
}

/** A rule about the path alone finds no value. */
function isEmpty({ endColumn, column, line, endLine }: FoundSecret): boolean {
  return line === endLine && endColumn < column
}

function secretOf({ kind, facts }: FoundSecret, fingerprint: string): Credential {
  const kept = Object.entries(facts).filter(([name]) => name.length <= 64).map(([name, value]) => [name, value.slice(0, 512).toWellFormed()] as const)
  return secretCredentialSchema.parse({ kind: 'secret', fingerprint, secretType: kind.slice(0, 128), facts: Object.fromEntries(kept), notAfter: notAfterOf(facts) })
}

function notAfterOf(facts: FoundSecret['facts']): string | null {
  const stated = facts['notAfter'] ?? null
  if (stated !== null) return instantSchema.safeParse(stated).success ? stated : null
  const seconds = Number(facts['expires'] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 && seconds < 253_402_300_800 ? new Date(seconds * 1000).toISOString() : null
}

function sighting({ found, place }: PlacedFinding, credential: Credential, part: Location['part']): CredentialSighting[] {
  const inText = { part, path: place.path.slice(0, 4096).toWellFormed(), line: found.line, column: Math.max(1, found.column), ruleId: found.ruleId.slice(0, 128), decoders: [...found.decoders], context: found.context, pathClass: found.pathClass }
  const checked = credentialSightingSchema.safeParse({ observation: 'sighting', of: 'credential', machine: place.machine, credential, location: locationOf(place, inText, found) })
  return checked.success ? [checked.data] : []
}

function locationOf(place: FindingPlace, inText: object, found: FoundSecret): object {
  switch (place.kind) {
    case 'file-line': return { kind: place.kind, ...inText, inWebRoot: place.inWebRoot, file: place.file }
    case 'repository-line': {
      const commit = place.commit === null ? null : { id: place.commit.id, authorName: place.commit.authorName, authorEmail: place.commit.authorEmail, committedAt: place.commit.committedAt }
      return { kind: place.kind, ...inText, blob: place.blob, commit, codeOwners: place.codeOwners.slice(0, 32), presence: place.presence }
    }
    case 'image-line': return { kind: place.kind, ...inText, layer: found.layer, hiddenBy: found.hiddenBy }
  }
}

/** Relations and identities repeat where a workflow takes one secret in many steps; one statement is enough. */
function unrepeated(observations: readonly Observation[]): Observation[] {
  const seen = new Set<string>()
  return observations.filter((observation) => {
    if (observation.observation === 'sighting' && observation.of === 'credential' && observation.location.kind !== 'ci-variable') return true
    const key = JSON.stringify(observation)
    return !seen.has(key) && seen.add(key)
  })
}
