import type { Coverage, MachineSighting, ScanProblem } from '@muster/core'
import type { Listing, Reading } from './listing.ts'

/** A system that holds credentials for others, known by `id` (`git:host/path`) everywhere, and by `uid` to its host however it is called. */
export function sourceSighting(id: string, name: string, uid: string | null = null): MachineSighting {
  return { observation: 'sighting', of: 'machine', ref: id.slice(0, 512), machineKind: 'source', name: name.slice(0, 255), identifiers: [...uid === null ? [] : [{ type: 'source-uid' as const, value: uid.slice(0, 512) }], { type: 'source-id', value: id.slice(0, 512) }], operatingSystem: null }
}

/** Everything of `kinds` under one scope was listed, or not all of it. */
export function namedCoverage(machine: string, kinds: readonly ('ci-variable' | 'kubernetes-secret' | 'consumers')[], scope: string, rights: string, complete: boolean): Coverage {
  return { observation: 'coverage', machine, scope: { kind: 'named', kinds: [...kinds], scope: scope.slice(0, 512) }, rights: rights.slice(0, 300), complete }
}

/** What whoever asks sees below a scope is all there is, and `present` is what there is: repositories and groups by their scope. */
export function holdersCoverage(below: string, present: readonly string[], rights: string): Coverage {
  return { observation: 'coverage', machine: null, scope: { kind: 'holders', kinds: ['ci-variable'], below: below.slice(0, 512), present: present.slice(0, MAX_PRESENT).map((scope) => scope.slice(0, 512)) }, rights: rights.slice(0, 300), complete: present.length <= MAX_PRESENT }
}

const MAX_PRESENT = 100_000

/** The problems of one unit, one for each reason: what a token may not read it may not read a dozen times. */
export class UnitProblems {
  readonly #where: string
  readonly #byCode = new Map<string, { readonly message: string; readonly parts: string[] }>()

  constructor(where: string) {
    this.#where = where
  }

  /** The items of a list, its problems noted under what it is a list of. */
  items<T>(part: string, listing: Listing<T>): readonly T[] {
    this.note(part, listing.problems)
    return listing.items
  }

  /** The object that was read; null when it was not. */
  value<T>(part: string, reading: Reading<T>): T | null {
    this.note(part, reading.problems)
    return reading.value
  }

  /** Notes problems under the part of the unit they are about. */
  note(part: string, problems: readonly ScanProblem[]): void {
    for (const { code, message } of problems) {
      const known = this.#byCode.get(code)
      if (known === undefined) this.#byCode.set(code, { message, parts: [part] })
      else if (!known.parts.includes(part)) known.parts.push(part)
    }
  }

  all(): readonly ScanProblem[] {
    return [...this.#byCode].map(([code, { message, parts }]) => ({ code, where: this.#where.slice(0, 4096), message: `${parts.join(', ')}: ${message}`.slice(0, 1024) }))
  }
}
