import {
  credentialSightingSchema, type Credential, type Location, type ObjectRef, type Observation, type Relation, type SecretFingerprints, identitySightingSchema, type IdentitySighting, instantSchema,
} from '@muster/core'
import { namedSecretDigest, secretDigest } from '@muster/detect'
import type { FoundValue } from './values.ts'
import { mergedFacts, type VerifiedFacts } from './verified-facts.ts'

type FactDraft = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A secret known by its name alone. */
export type NamedSecret = {
  readonly machine: string
  /** What names it wherever it is spoken of: system, scope, name. */
  readonly named: readonly [system: string, scope: string, name: string]
  readonly secretType: string
  readonly facts: FactDraft
  readonly notAfter?: string | null
  readonly location: Location
}

/** Stands for a credential whose fingerprint is not known yet. */
export type CredentialHandle = { readonly digest: string } | { readonly fingerprint: string }

type Ending = ObjectRef | CredentialHandle
type Draft = { readonly digest: string; readonly observe: (fingerprint: string) => readonly Observation[] }
type Step = { readonly ready: readonly Observation[] } | Draft | { readonly relation: Omit<Relation, 'from' | 'to'>; readonly from: Ending; readonly to: Ending } | { readonly value: Extract<FoundValue, { kind: 'secret' }>; readonly machine: string; readonly location: Location; readonly facts: FactDraft }

/** Digests asked for at a time. */
const MAX_DIGESTS = 5000

export type SightingParts = { readonly fingerprints: SecretFingerprints; readonly verifiedFacts?: VerifiedFacts }

/**
 * Collects what one part of a scan saw, in order. Values are turned into digests here and leave in no form; what does not fit the
 * inventory's limits is left out.
 */
export class Sightings {
  readonly #parts: SightingParts
  readonly #steps: Step[] = []

  constructor(parts: SightingParts) {
    this.#parts = parts
  }

  add(...ready: readonly Observation[]): void {
    this.#steps.push({ ready })
  }

  /** An account of the system, or a machine that acts by itself in it. */
  identity(identity: Pick<IdentitySighting, 'machine' | 'system' | 'name' | 'identityKind'> & { readonly attributes: FactDraft }): ObjectRef {
    const name = clean(identity.name, 256)
    const attributes = Object.fromEntries(Object.entries(identity.attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, typeof value === 'string' ? clean(value, 4096) : value]])))
    const checked = identitySightingSchema.safeParse({ observation: 'sighting', of: 'identity', ...identity, name, attributes })
    if (checked.success) this.add(checked.data)
    return { of: 'identity', machine: identity.machine, name }
  }

  named({ machine, named, secretType, facts, notAfter = null, location }: NamedSecret): CredentialHandle {
    const digest = namedSecretDigest(...named)
    const observe = (fingerprint: string) => sighted(machine, { kind: 'secret', fingerprint, spkiSha256: null, secretType, facts: factsOf(facts), notAfter: instantOf(notAfter), valueKnown: false }, location)
    this.#steps.push({ digest, observe })
    return { digest }
  }

  /** A value that was handed out. Its part decides the location's. */
  value(machine: string, location: Location, found: FoundValue, facts: FactDraft = {}): CredentialHandle {
    if (found.kind === 'credential') {
      this.add(...sighted(machine, found.credential, { ...location, part: found.part }))
      return { fingerprint: found.credential.fingerprint }
    }
    this.#steps.push({ value: found, machine, location, facts })
    return { digest: secretDigest(found.secret) }
  }

  relate(type: Relation['type'], from: Ending, to: Ending, source: string): void {
    this.#steps.push({ relation: { observation: 'relation', type, source: clean(source, 4096) }, from, to })
  }

  /** Everything in order, with fingerprints for digests. */
  async settle(): Promise<readonly Observation[]> {
    const steps = await Promise.all(this.#steps.map((step) => ('value' in step ? this.#drafted(step) : step)))
    const digests = [...new Set(steps.flatMap((step) => ('digest' in step ? [step.digest] : 'relation' in step ? [step.from, step.to].flatMap((end) => ('digest' in end ? [end.digest] : [])) : [])))]
    const fingerprints = new Map<string, string>()
    for (let from = 0; from < digests.length; from += MAX_DIGESTS) {
      const part = digests.slice(from, from + MAX_DIGESTS)
      const answers = await this.#parts.fingerprints(part)
      for (const [index, digest] of part.entries()) fingerprints.set(digest, answers[index]!)
    }
    return steps.flatMap((step): readonly Observation[] => {
      if ('ready' in step) return step.ready
      if ('relation' in step) return [{ ...step.relation, from: settled(step.from, fingerprints), to: settled(step.to, fingerprints) }]
      return step.observe(fingerprints.get(step.digest)!)
    })
  }

  async #drafted({ value, machine, location, facts }: Extract<Step, { value: unknown }>): Promise<Draft> {
    const { secret, secretType, sessionToken } = value
    const known = { ...factsOf(value.facts), ...factsOf(facts) }
    const all = factsOf(mergedFacts(known, await this.#parts.verifiedFacts?.({ kind: secretType, secret, facts: value.facts, ...(sessionToken === undefined ? {} : { sessionToken }) }) ?? {}))
    const observe = (fingerprint: string) => sighted(machine, { kind: 'secret', fingerprint, spkiSha256: null, secretType: secretType.slice(0, 128), facts: all, notAfter: instantOf(value.facts['notAfter'] ?? null), valueKnown: true }, location)
    return { digest: secretDigest(secret), observe }
  }
}

function sighted(machine: string, credential: Credential, location: Location): readonly Observation[] {
  const checked = credentialSightingSchema.safeParse({ observation: 'sighting', of: 'credential', machine, credential, location })
  return checked.success ? [checked.data] : []
}

function settled(end: Ending, fingerprints: ReadonlyMap<string, string>): ObjectRef {
  if ('of' in end) return end
  return { of: 'credential', fingerprint: 'digest' in end ? fingerprints.get(end.digest)! : end.fingerprint }
}

function factsOf(facts: FactDraft): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => (value === null || value === undefined || value === '' || name.length > 64 ? [] : [[name, clean(String(value), 512)]])))
}

/** Names and titles come from outside: no control characters reach a terminal, no half characters the store. */
export function clean(text: string, maxCharacters: number): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, maxCharacters).toWellFormed()
}

/** An instant as the inventory keeps it, from RFC 3339 with any offset or from a date alone; null for anything else. */
export function instantOf(text: string | null | undefined): string | null {
  if (text === null || text === undefined || !/^\d{4}-\d\d-\d\d(?:T[\d:.]{5,18}(?:Z|[+-]\d\d:?\d\d))?$/.test(text)) return null
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) return null
  return instantSchema.safeParse(at.toISOString()).success ? at.toISOString() : null
}
