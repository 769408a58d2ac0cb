import type { Clock } from '@muster/core'
import type { Client } from '../api/client.ts'
import type { Leak } from './leak.ts'

const YEAR_MS = 365 * 86_400_000
const MAX_FINGERPRINTS = 10_000

/**
 * Tells the server what the baseline says of values that were found; lines for people. What was accepted here without an end is left out: the server
 * takes acceptances that end, within a year.
 */
export async function sendStates(client: Client, leaks: readonly Leak[], clock: Clock): Promise<readonly string[]> {
  const said = leaks.flatMap(({ fingerprint, known }) => (known === null || known.by !== 'baseline' || known.state === 'new' ? [] : [{ fingerprint, ...known }]))
  const sendable = said.filter(({ state, until }) => state !== 'accepted' || (until !== undefined && new Date(until).getTime() - clock.now().getTime() < YEAR_MS))
  for (const group of Map.groupBy(sendable, ({ state, reason, until }) => JSON.stringify([state, reason, until])).values()) {
    const fingerprints = [...new Set(group.map(({ fingerprint }) => fingerprint))]
    const { state, reason, until } = group[0]!
    for (let from = 0; from < fingerprints.length; from += MAX_FINGERPRINTS) {
      await client.call('assessSecrets', { body: { select: { fingerprints: fingerprints.slice(from, from + MAX_FINGERPRINTS) }, state, reason, until: state === 'accepted' ? until ?? null : null } })
    }
  }
  const values = (all: readonly { readonly fingerprint: string }[]) => new Set(all.map(({ fingerprint }) => fingerprint)).size
  const accepted = values(said) - values(sendable)
  return [
    ...sendable.length === 0 ? [] : [`told the server the states of ${values(sendable)} secrets`],
    ...accepted === 0 ? [] : [`${accepted} accepted ones were not told: the server takes those that end within a year, by \`baseline set --until\``],
  ]
}
