import { type Clock, MusterError, type Secret, type TenantId } from '@muster/core'
import type { DetectionConfig } from '@muster/core/api'
import { fingerprintsUnder } from '@muster/detect'
import type { Audit } from '../audit/index.ts'
import { authorize, type Authorized } from '../platform/actor.ts'
import { type Db, inTx, type Queryable } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { describeRules } from './rules.ts'
import { readConfig, writeConfig } from './store.ts'
import { tryInThread } from './trial-thread.ts'

export type DetectionDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  /** The key of a tenant's fingerprints of secrets. */
  readonly fingerprintKey: (tenantId: TenantId) => Secret
  /** Present locations by the detection rule that told them. */
  readonly countHits: (queryable: Queryable, tenantId: TenantId) => Promise<ReadonlyMap<string, number>>
}

/** The routes about detection: rules, own rules, trials, and fingerprints for scanners elsewhere. */
export function detectionHandlers(deps: DetectionDeps): RouteHandlers {
  const { db } = deps
  return {
    fingerprintSecrets: async ({ body }, { actor }) => {
      const { tenantId } = authorize(requireActor(actor), 'scan.run', { type: 'scan' })
      return { fingerprints: [...await fingerprintsUnder(deps.fingerprintKey(tenantId))(body.digests)] }
    },
    listDetectionRules: async (_input, { actor }) => {
      const { tenantId } = authorize(requireActor(actor), 'finding.read', { type: 'detection-rule' })
      const [{ toml }, hits] = await Promise.all([readConfig(db, tenantId), deps.countHits(db, tenantId)])
      return { items: describeRules(toml, hits) }
    },
    tryDetection: async ({ body }, { actor }) => {
      const { tenantId } = authorize(requireActor(actor), 'rule.write', { type: 'detection-rule' })
      const toml = body.toml ?? (await readConfig(db, tenantId)).toml
      const { problems, findings } = await tryInThread({ toml, sample: { path: body.path, text: body.text } })
      return { problems, findings }
    },
    getDetectionConfig: (_input, { actor }) => readConfig(db, authorize(requireActor(actor), 'settings.read', { type: 'detection-config' }).tenantId),
    changeDetectionConfig: ({ body }, { actor }) => changeConfig(deps, authorize(requireActor(actor), 'settings.write', { type: 'detection-config' }), body.toml),
  }
}

async function changeConfig(deps: DetectionDeps, may: Authorized, toml: string): Promise<DetectionConfig> {
  const { problems, ruleCount } = await tryInThread({ toml, sample: null })
  if (problems.length > 0) throw new MusterError('request.invalid', problems.join('\n').slice(0, 2000), { errors: problems.map((message) => ({ path: 'body.toml', message })) })
  return inTx(deps.db, async (tx) => {
    await writeConfig(tx, may, toml, ruleCount, deps.clock.now())
    await deps.audit.append(tx, { actor: may.actor, action: 'detection-config.changed', objectType: 'detection-config', objectId: 'detection-config', detail: { ruleCount, characters: toml.length } })
    return readConfig(tx, may.tenantId)
  })
}
