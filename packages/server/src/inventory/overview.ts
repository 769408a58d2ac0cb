import { type Clock, credentialKinds, DAY_MS, secretStates } from '@muster/core'
import type { Overview } from '@muster/core/api'
import { validityLimits } from '@muster/rules'
import type { Authorized } from '../platform/actor.ts'
import { type Db, inTx } from '../platform/db/db.ts'
import { countExpiredSince, countSecretStates, readTallies, type Tally } from './count-store.ts'
import { newestEvents } from './event-store.ts'
import { countSurroundings } from './place-list-store.ts'

const MONTHS = 24
const CHANGES = 20
const WEEK_DAYS = 7

/** The overview's numbers about what exists. Totals are kept, not counted: the cost does not grow with the inventory. */
export type InventoryOverview = Pick<Overview, 'generatedAt' | 'kinds' | 'secrets' | 'machines' | 'sources' | 'endpoints' | 'identities' | 'unowned' | 'expired' | 'expiry' | 'validitySteps' | 'changes'>

/** Reads {@link InventoryOverview}; what only trust stores hold is not counted. */
export function inventoryOverview({ db, clock }: { readonly db: Db; readonly clock: Clock }, { tenantId }: Authorized): Promise<InventoryOverview> {
  const now = clock.now()
  const today = now.toISOString().slice(0, 10)
  return inTx(db, async (tx) => {
    const tallies = await readTallies(tx, tenantId, ['expires', 'seen', 'unowned'])
    const expiredToday = await countExpiredSince(tx, tenantId, new Date(`${today}T00:00:00Z`), now)
    const expiredBefore = sum(tallies, (tally) => tally.dimension === 'expires' && tally.kind !== 'crl' && tally.bucket < today)
    return {
      generatedAt: now.toISOString(),
      kinds: kindsOf(tallies, new Date(now.getTime() - WEEK_DAYS * DAY_MS).toISOString().slice(0, 10)),
      secrets: (await countSecretStates(tx, tenantId)).sort((a, b) => secretStates.indexOf(a.state) - secretStates.indexOf(b.state)),
      ...(await countSurroundings(tx, tenantId)),
      unowned: sum(tallies, (tally) => tally.dimension === 'unowned'),
      expired: expiredBefore + expiredToday,
      expiry: expiryByMonth(tallies, now),
      validitySteps: validityLimits.map(({ from, maxDays }) => ({ from, maxDays })).reverse(),
      changes: await newestEvents(tx, tenantId, CHANGES),
    }
  })
}

function kindsOf(tallies: readonly Tally[], since: string): Overview['kinds'] {
  return credentialKinds.flatMap((kind) => {
    const count = sum(tallies, (tally) => tally.dimension === 'seen' && tally.kind === kind)
    return count === 0 ? [] : [{ kind, count, newThisWeek: sum(tallies, (tally) => tally.dimension === 'seen' && tally.kind === kind && tally.bucket >= since) }]
  })
}

function expiryByMonth(tallies: readonly Tally[], now: Date): Overview['expiry'] {
  return Array.from({ length: MONTHS }, (_, index) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + index, 1)).toISOString().slice(0, 7)
    return { month, count: sum(tallies, (tally) => tally.dimension === 'expires' && tally.kind === 'certificate' && tally.bucket.startsWith(month)) }
  })
}

function sum(tallies: readonly Tally[], fits: (tally: Tally) => boolean): number {
  return tallies.reduce((total, tally) => (fits(tally) ? total + tally.count : total), 0)
}
