import type { Client } from '../api/client.ts'
import type { Leak } from './leak.ts'

const MAX_FINGERPRINTS = 10_000

/**
 * Tells the server what the baseline says of values that were found; lines for people. What was accepted here without an end is left out: the server
 * takes acceptances that end.
 */
export async function sendStates(client: Client, leaks: readonly Leak[]): Promise<readonly string[]> {
  const said = leaks.flatMap(({ fingerprint, known }) => (known === null || known.by !== 'baseline' || known.state === 'new' ? [] : [{ fingerprint, ...known }]))
  const sendable = said.filter(({ state }) => state !== 'accepted')
  for (const group of Map.groupBy(sendable, ({ state, reason }) => JSON.stringify([state, reason])).values()) {
    const fingerprints = [...new Set(group.map(({ fingerprint }) => fingerprint))]
    const { state, reason } = group[0]!
    for (let from = 0; from < fingerprints.length; from += MAX_FINGERPRINTS) {
      await client.call('assessSecrets', { body: { select: { fingerprints: fingerprints.slice(from, from + MAX_FINGERPRINTS) }, state, reason, until: null } })
    }
  }
  const values = (all: readonly { readonly fingerprint: string }[]) => new Set(all.map(({ fingerprint }) => fingerprint)).size
  const accepted = values(said) - values(sendable)
  return [
    ...sendable.length === 0 ? [] : [`told the server the states of ${values(sendable)} secrets`],
    ...accepted === 0 ? [] : [`${accepted} accepted ones were not told: \`muster secrets assess\` takes an end with --until`],
  ]
}
