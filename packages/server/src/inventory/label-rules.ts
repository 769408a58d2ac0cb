import { MusterError, type TenantId } from '@muster/core'
import type { LabelRule } from '@muster/core/api'
import type { Tx } from '../platform/db/db.ts'
import { tallied } from './count-store.ts'
import { applyToCredentials, applyToMachines, type CompiledRule, readAddresses, readEnabledRules } from './label-rule-store.ts'
import { networkTest } from './network.ts'
import { enqueueEvaluation } from './queue-store.ts'

/** What to label. */
export type LabelTargets = { readonly credentials: readonly string[]; readonly machines: readonly string[] }

/**
 * Sets the labels of `targets` that nobody set by hand to what the rules say: of the enabled rules that match, the first
 * that sets a label wins; what no rule sets is cleared. `always` also runs without any rule, to clear what the last one set.
 * Returns how many objects changed.
 */
export async function applyLabelRules(tx: Tx, tenantId: TenantId, targets: LabelTargets, at: Date, always = false): Promise<number> {
  const rules = await readEnabledRules(tx, tenantId)
  if (rules.length === 0 && !always) return 0
  const compiled = await compile(tx, tenantId, rules, targets)
  const machines = await applyToMachines(tx, tenantId, compiled, targets.machines)
  const credentials = await tallied(tx, tenantId, targets.credentials, () => applyToCredentials(tx, tenantId, compiled, targets.credentials))
  await enqueueEvaluation(tx, tenantId, 'credential', credentials, at)
  await enqueueEvaluation(tx, tenantId, 'machine', machines, at)
  return machines.length + credentials.length
}

/** @throws MusterError request.invalid when the network is no CIDR block, or the rule sets nothing. */
export function checkLabelRule(rule: Pick<LabelRule, 'match' | 'set'>): void {
  if (rule.match.network !== undefined && networkTest(rule.match.network) === null) {
    throw new MusterError('request.invalid', `${JSON.stringify(rule.match.network)} is not a network such as 10.0.0.0/8`)
  }
  if (Object.values(rule.set).every((value) => value === undefined || value === null)) throw new MusterError('request.invalid', 'a label rule sets at least one label')
}

/** Networks are matched here, against the addresses of the machines at hand: addresses are text from outside. */
async function compile(tx: Tx, tenantId: TenantId, rules: readonly LabelRule[], targets: LabelTargets): Promise<CompiledRule[]> {
  if (!rules.some((rule) => rule.match.network !== undefined)) return rules.map((rule) => ({ rule, machineIds: null }))
  const addresses = await readAddresses(tx, tenantId, targets)
  return rules.map((rule) => {
    const inside = rule.match.network === undefined ? null : networkTest(rule.match.network)
    if (inside === null) return { rule, machineIds: rule.match.network === undefined ? null : [] }
    return { rule, machineIds: [...new Set(addresses.filter(({ address }) => inside(address)).map(({ machineId }) => machineId))] }
  })
}
