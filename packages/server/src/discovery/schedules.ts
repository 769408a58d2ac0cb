import { CronExpressionParser } from 'cron-parser'
import { MusterError } from '@muster/core'
import type { Schedule } from '@muster/core/api'

/**
 * The first time after `from` that the schedule is due; null when it is switched off.
 *
 * @throws MusterError request.invalid for an expression or time zone that is none.
 */
export function nextRun({ cron, timeZone, enabled }: Pick<Schedule, 'cron' | 'timeZone' | 'enabled'>, from: Date): Date | null {
  const next = parse(cron, timeZone, from)
  return enabled ? next : null
}

function parse(cron: string, timeZone: string, from: Date): Date {
  if (!Intl.supportedValuesOf('timeZone').includes(timeZone) && timeZone !== 'UTC') {
    throw new MusterError('request.invalid', `there is no time zone ${JSON.stringify(timeZone)}`, { field: 'timeZone' })
  }
  if (cron.trim().split(/\s+/).length !== 5) {
    throw new MusterError('request.invalid', `${JSON.stringify(cron)} is not a cron expression of five fields: minute hour day month weekday`, { field: 'cron' })
  }
  // The parser draws another time for it at every look.
  if (/(?:^|[\s,])H(?![A-Za-z])/i.test(cron)) throw new MusterError('request.invalid', `${JSON.stringify(cron)} leaves the time to chance with H`, { field: 'cron' })
  try {
    return CronExpressionParser.parse(cron, { currentDate: from, tz: timeZone }).next().toDate()
  } catch (error) {
    throw new MusterError('request.invalid', `${JSON.stringify(cron)} is not a cron expression: ${error instanceof Error ? error.message : 'unreadable'}`, { field: 'cron' }, { cause: error })
  }
}
