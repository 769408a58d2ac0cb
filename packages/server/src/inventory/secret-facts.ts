import type { SecretCredential } from '@muster/core'

const MAX_FACTS = 48
/** What a check of the value told last counts; everything else is what the first place told. */
const newestCounts = /^verif/

/**
 * What is known of a secret after one more sighting: each place tells other facts of the same value, and a place that knows
 * what it is names it better than one that only saw something secret. Null when `next` tells nothing new.
 */
export function mergedSecret(known: SecretCredential, next: SecretCredential): SecretCredential | null {
  const facts = { ...known.facts }
  for (const [name, value] of Object.entries(next.facts)) {
    const isNew = !(name in facts)
    if (isNew ? Object.keys(facts).length < MAX_FACTS : newestCounts.test(name)) facts[name] = value
  }
  const merged: SecretCredential = {
    ...known, facts, secretType: isVague(known.secretType) && !isVague(next.secretType) ? next.secretType : known.secretType,
    notAfter: known.notAfter ?? next.notAfter, valueKnown: known.valueKnown || next.valueKnown,
  }
  const same = merged.secretType === known.secretType && merged.notAfter === known.notAfter && merged.valueKnown === known.valueKnown
    && Object.entries(facts).every(([name, value]) => known.facts[name] === value)
  return same ? null : merged
}

/** Names that say no more than that something is secret. */
function isVague(secretType: string): boolean {
  return /^generic|^(?:secret|password|token|credential|secret-key|api-key|kubernetes-secret|compose-secret|ci-secret)$/.test(secretType)
}
