import { type Clock, criticalities, MusterError, type TenantId } from '@muster/core'
import type { Policy, serverInfoSchema } from '@muster/core/api'
import type { z } from 'zod'
import type { Audit } from '../audit/index.ts'
import { authorize } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { readPolicy, writePolicy } from './store.ts'

export type ServerInfo = z.output<typeof serverInfoSchema>

export type SettingsDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly serverInfo: () => ServerInfo
  /** Told inside the transaction of a change, e.g. to enqueue an evaluation of the findings. */
  readonly onPolicyChanged?: (tx: Tx, tenantId: TenantId) => Promise<void>
}

/** Policy and server facts. */
export function settingsHandlers(deps: SettingsDeps): RouteHandlers {
  return {
    getSettings: async (_input, { actor }) => readPolicy(deps.db, authorize(requireActor(actor), 'settings.read', { type: 'policy' })),
    changeSettings: async ({ body }, context) => {
      const actor = requireActor(context.actor)
      const right = authorize(actor, 'settings.write', { type: 'policy' })
      refuseContradiction(body)
      await inTx(deps.db, async (tx) => {
        const before = await readPolicy(tx, right)
        await writePolicy(tx, right, body, deps.clock.now())
        await deps.onPolicyChanged?.(tx, right.tenantId)
        await deps.audit.append(tx, { actor, action: 'policy.changed', objectType: 'policy', objectId: 'policy', detail: changes(before, body) })
      })
      return body
    },
    getServerInfo: async (_input, { actor }) => {
      authorize(requireActor(actor), 'settings.read', { type: 'server' })
      return deps.serverInfo()
    },
  }
}

/** Urgent comes after the warning, or there would be no warning. @throws MusterError request.invalid naming each place. */
function refuseContradiction(policy: Policy): void {
  const places = [...criticalities.map((criticality) => [`expiry.${criticality}`, policy.expiry[criticality]] as const), ['expiryDefault', policy.expiryDefault] as const]
  const errors = places
    .filter(([, threshold]) => threshold.urgentDays >= threshold.warnDays)
    .map(([path]) => ({ path: `body.${path}.urgentDays`, message: 'must be less than warnDays' }))
  if (errors.length > 0) throw new MusterError('request.invalid', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors })
}

function changes(before: Policy, after: Policy): Record<string, unknown> {
  const keys = Object.keys(after) as (keyof Policy)[]
  return Object.fromEntries(keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).map((key) => [key, after[key]]))
}
