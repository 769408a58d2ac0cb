import { MusterError, uuidV7 } from '@muster/core'
import type { Schedule } from '@muster/core/api'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { checkedOptions } from './option-checks.ts'
import { requireConnection, type RequestDeps } from './requests.ts'
import { deleteSchedule, listSchedules, lockSchedule, putSchedule } from './schedule-store.ts'
import { nextRun } from './schedules.ts'

type Wanted = Omit<Schedule, 'id' | 'lastRunAt' | 'nextRunAt'>

/** Schedules: list and changes. */
export function scheduleHandlers(deps: RequestDeps): RouteHandlers {
  return {
    listSchedules: async (_input, { actor }) => ({ items: await listSchedules(deps.db, authorize(requireActor(actor), 'scan.read', { type: 'schedule' }).tenantId) }),
    createSchedule: async ({ body }, { actor }) => inTx(deps.db, (tx) => put(deps, tx, mayWrite(requireActor(actor)), uuidV7(deps.clock), body, 'schedule.created')),
    changeSchedule: async ({ params, body }, { actor }) => inTx(deps.db, async (tx) => {
      const may = mayWrite(requireActor(actor))
      const { lastRunAt: _last, nextRunAt: _next, id: _id, ...before } = (await require(tx, may, params.id)).schedule
      const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      return put(deps, tx, may, params.id, { ...before, ...changes }, 'schedule.changed')
    }),
    deleteSchedule: async ({ params }, { actor }) => inTx(deps.db, async (tx) => {
      const may = mayWrite(requireActor(actor))
      const { schedule } = await require(tx, may, params.id)
      await deleteSchedule(tx, may.tenantId, params.id)
      await deps.audit.append(tx, { actor: may.actor, action: 'schedule.deleted', objectType: 'schedule', objectId: params.id, detail: { name: schedule.name } })
      return null
    }),
  }
}

const mayWrite = (actor: Actor) => authorize(actor, 'schedule.write', { type: 'schedule' })

async function put(deps: RequestDeps, tx: Tx, may: Authorized, id: string, wanted: Wanted, action: string): Promise<Schedule> {
  checkedOptions(deps, wanted.kind, wanted.options)
  await requireConnection(deps, tx, may.tenantId, wanted.kind, wanted.options)
  const next = nextRun(wanted, deps.clock.now())
  await putSchedule(tx, may.tenantId, { id, ...wanted }, may.actor.name, next)
  const { schedule } = await require(tx, may, id)
  await deps.audit.append(tx, { actor: may.actor, action, objectType: 'schedule', objectId: id, detail: { name: wanted.name, kind: wanted.kind, cron: wanted.cron, timeZone: wanted.timeZone, enabled: wanted.enabled } })
  return schedule
}

async function require(tx: Tx, may: Authorized, id: string) {
  const found = await lockSchedule(tx, may.tenantId, id)
  if (found === null) throw new MusterError('object.not-found', 'there is no such schedule', { id })
  return found
}
