import type { FindingObjectType, TenantId } from '@muster/core'
import type { Policy } from '@muster/core/api'
import type { Subject } from '@muster/rules'
import type { Actor } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'

/** An object of the inventory that may violate rules. */
export type ObjectKey = { readonly type: FindingObjectType; readonly id: string }

/** What is open of an object; `worstRank` null and no rules when nothing is. */
export type FindingSummary = { readonly type: FindingObjectType; readonly id: string; readonly worstRank: number | null; readonly count: number; readonly rules: readonly string[] }

/** What the findings need of the inventory upstream. */
export type InventoryFeed = {
  /** Takes the lock under which many rows of the tenant's inventory change; first of all in a transaction that needs it. */
  lock(tx: Tx, tenantId: TenantId): Promise<void>
  /** Takes up to `limit` objects off the evaluation queue; they are back if the transaction rolls back. */
  takeQueued(tx: Tx, tenantId: TenantId, limit: number): Promise<ObjectKey[]>
  /** Puts objects on the queue; those already there stay once. */
  enqueue(tx: Tx, tenantId: TenantId, objects: readonly ObjectKey[]): Promise<void>
  /** Puts the credentials with these public keys (SHA-256 of SPKI, hex) on the queue. */
  enqueueBySpki(tx: Tx, tenantId: TenantId, spkis: readonly string[]): Promise<void>
  /** Puts every present object on the queue. */
  enqueueAll(tx: Tx, tenantId: TenantId): Promise<void>
  /** The objects with all that rules ask about; gone ones are left out. `weaknesses` are empty. */
  loadSubjects(queryable: Queryable, tenantId: TenantId, objects: readonly ObjectKey[], now: Date): Promise<Subject[]>
  /** Writes the counters that lists show. */
  setFindingSummaries(tx: Tx, tenantId: TenantId, summaries: readonly FindingSummary[]): Promise<void>
  /** Distinct RSA moduli of present credentials, `pageSize` at a time. */
  rsaModuli(queryable: Queryable, tenantId: TenantId, pageSize: number): AsyncGenerator<readonly { readonly spkiSha256: string; readonly modulus: string }[], void, void>
}

/** Told inside the transaction of findings that opened or opened again. */
export type FindingsListener = (tx: Tx, tenantId: TenantId, findingIds: readonly string[]) => Promise<void>

/** What an actor is called in labels. */
export type NamesOf = (actor: Actor) => Promise<readonly string[]>

/** Reads the tenant's policy. */
export type ReadPolicy = (queryable: Queryable, tenantId: TenantId) => Promise<Policy>
