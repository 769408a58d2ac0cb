/** What a check of a secret told last. */
export type Verdict = { readonly state: 'live' | 'dead' | 'unknown'; readonly by: string | null; readonly at: string | null }

const states: Readonly<Record<string, Verdict['state']>> = { live: 'live', dead: 'dead', unknown: 'unknown' }

/** The verdict among a secret's facts; null where it was never checked. */
export function verdictOf(facts: Readonly<Record<string, string>>): Verdict | null {
  const state = states[facts['verified'] ?? '']
  return state === undefined ? null : { state, by: facts['verifiedBy'] ?? null, at: facts['verifiedAt'] ?? null }
}

/** True for facts that tell of a check, not of the secret. */
export function tellsOfCheck(name: string): boolean {
  return name.startsWith('verif')
}
