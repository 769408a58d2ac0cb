import type { Clock, TenantId } from '@muster/core'
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { canonicalJson } from './canonical-json.ts'
import { appendRecord } from './store.ts'

/** Who did it; `anonymous` for someone who has not proved who they are, e.g. a failed sign-in. */
export type AuditActor = Pick<Actor, 'id' | 'name' | 'tenantId'> & { readonly kind: Actor['kind'] | 'anonymous' }

/** One thing that happened. Nothing in it may be a secret; `Secret` values print as `[secret]`. */
export type AuditEvent = {
  readonly actor: AuditActor
  /** `area.verb` in the past or as the API's action names it: `account.created`, `sign-in`, `policy.changed`. */
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  /** Default `success`. The outcome, not the attempt: append after the change is made. */
  readonly outcome?: 'success' | 'failure'
  /** JSON facts about the change; for bulk changes counts and the filter rather than every id. What is long is kept in short. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** The audit log as every slice sees it. */
export type Audit = {
  /**
   * Appends `event` to its tenant's chain inside the caller's transaction: it stands if and only if the change does. It
   * locks the chain's head until the transaction ends, so call it last; several calls in one transaction are fine.
   */
  append(tx: Tx, event: AuditEvent): Promise<void>
}

const MAX_DETAIL_CHARS = 16_384
const MAX_MEMBER_CHARS = 2000

/** The audit log over the store. Safe for concurrent use; concurrent appends of one tenant queue on its head row. */
export function createAudit({ clock }: { readonly clock: Clock }): Audit {
  return {
    async append(tx, event) {
      await appendRecord(tx, event.actor.tenantId, {
        at: clock.now().toISOString(),
        actorKind: event.actor.kind,
        actorId: storable(event.actor.id, 128),
        actor: storable(event.actor.name, 320),
        action: storable(event.action, 128),
        objectType: storable(event.objectType, 64),
        objectId: storable(event.objectId, 256),
        outcome: event.outcome ?? 'success',
        detail: bounded(event.detail ?? {}),
      })
    },
  }
}

/** The record with each long member in short: how many there are of a list, and how it begins. */
export function summarised(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => {
    const text = JSON.stringify(value) ?? ''
    if (text.length <= MAX_MEMBER_CHARS) return [name, value]
    return [name, { ...(Array.isArray(value) ? { count: value.length } : {}), begins: text.slice(0, MAX_MEMBER_CHARS) }]
  }))
}

function bounded(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (canonicalJson(detail).length <= MAX_DETAIL_CHARS) return detail
  const short = summarised(detail)
  const text = canonicalJson(short)
  return text.length <= MAX_DETAIL_CHARS ? short : { begins: text.slice(0, MAX_MEMBER_CHARS) }
}

/** Somebody who has not proved who they are, from `peerAddress`. */
export function anonymousActor(tenantId: TenantId, peerAddress: string): AuditActor {
  return { kind: 'anonymous', id: 'anonymous', name: peerAddress, tenantId }
}

function storable(text: string, maxChars: number): string {
  return storableText(storableText(text).slice(0, maxChars))
}
