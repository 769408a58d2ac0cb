import { MusterError } from '@muster/core'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable } from '../platform/db/db.ts'
import { ipv6Groups } from '../platform/http/ip-address.ts'
import { type RateLimit, returnToBucket, takeFromBucket } from './rate-store.ts'

/** Failed attempts allowed: one person mistyping is not held up, a guesser gets about 3,000 tries a day per account. */
export const limits = {
  address: { burst: 30, perMinute: 10 },
  account: { burst: 10, perMinute: 2 },
} as const satisfies Record<string, RateLimit>

export type Attempt = { readonly key: string; readonly limit: RateLimit }

/** Attempts from an address; of IPv6, which hands out /64 networks, the network counts. */
export function byAddress(peerAddress: string): Attempt {
  const counted = peerAddress.includes(':') ? ipv6Groups(peerAddress.split('%')[0]!).slice(0, 4).map((group) => group.toString(16)).join(':') : peerAddress
  return { key: `address:${counted}`, limit: limits.address }
}

/** Attempts at an account, known or not, by its address. */
export function byAccount(email: string): Attempt {
  return { key: `account:${email.trim().toLowerCase()}`, limit: limits.account }
}

/** @throws MusterError auth.rate-limited, with `retryAfterSeconds`, when one of the buckets is empty. */
export async function countAttempt(queryable: Queryable, right: Authorized, attempts: readonly Attempt[], now: Date): Promise<void> {
  for (const { key, limit } of attempts) {
    const seconds = await takeFromBucket(queryable, right, key, limit, now)
    if (seconds > 0) throw new MusterError('auth.rate-limited', `too many attempts; try again in ${Math.ceil(seconds)} seconds`, { retryAfterSeconds: Math.ceil(seconds) })
  }
}

/** The attempt was in order: it does not count. */
export async function forgiveAttempt(queryable: Queryable, right: Authorized, attempts: readonly Attempt[]): Promise<void> {
  for (const { key, limit } of attempts) await returnToBucket(queryable, right, key, limit)
}
