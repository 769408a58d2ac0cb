import { type Clock, DAY_MS } from '@muster/core'
import type { Overview } from '@muster/core/api'
import { ruleById } from '@muster/rules'
import type { Authorized } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import { openByRule, openBySeverity, trend } from './list-store.ts'

const TREND_DAYS = 30
const TOP_RULES = 10

/** The overview's numbers about findings. */
export type FindingsOverview = Pick<Overview, 'openBySeverity' | 'trend' | 'topRules'>

/** Open findings by severity, their trend over 30 days and the rules most often open. */
export async function findingsOverview({ db, clock }: { readonly db: Db; readonly clock: Clock }, may: Authorized): Promise<FindingsOverview> {
  const from = new Date(clock.now().getTime() - (TREND_DAYS - 1) * DAY_MS)
  const [bySeverity, days, byRule] = await Promise.all([openBySeverity(db, may), trend(db, may, from), openByRule(db, may)])
  const topRules = [...byRule]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, TOP_RULES)
    .flatMap(([ruleId, count]) => {
      const rule = ruleById(ruleId)
      return rule === null ? [] : [{ ruleId, title: rule.title, severity: rule.severity, count }]
    })
  return { openBySeverity: bySeverity, trend: days, topRules }
}
