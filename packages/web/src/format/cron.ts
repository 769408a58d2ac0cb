/** A five-field cron expression, each field as the sorted set of values it matches. */
export type Cron = {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly daysOfMonth: readonly number[]
  readonly months: readonly number[]
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[]
  /** Where both day fields are restricted, a day matches either (POSIX crontab). */
  readonly eitherDay: boolean
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const ranges = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]] as const

function numberOf(text: string, field: number): number | null {
  const names = field === 3 ? monthNames : field === 4 ? dayNames : []
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return field === 3 ? named + 1 : named
  return /^\d{1,2}$/.test(text) ? Number(text) : null
}

function partOf(text: string, field: number): number[] | null {
  const [least, most] = ranges[field]!
  const [span = '', every] = text.split('/')
  const step = every === undefined ? 1 : /^\d{1,2}$/.test(every) ? Number(every) : 0
  if (step < 1 || text.split('/').length > 2) return null
  const ends = span === '*' ? [least, most] : span.split('-').map((end) => numberOf(end, field))
  const [from, to = every === undefined ? from : most] = ends
  if (from === null || to === null || from === undefined || to === undefined || ends.length > 2 || from < least || to > most || from > to) return null
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}

/** Reads five fields of numbers, names, `*`, ranges, lists and steps; null for anything else. */
export function parseCron(text: string): Cron | null {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 5) return null
  const sets: number[][] = []
  for (const [index, field] of fields.entries()) {
    const values = new Set<number>()
    for (const part of field.split(',')) {
      const found = partOf(part, index)
      if (found === null) return null
      for (const value of found) values.add(index === 4 ? value % 7 : value)
    }
    sets.push([...values].sort((a, b) => a - b))
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = sets as [number[], number[], number[], number[], number[]]
  return { minutes, hours, daysOfMonth, months, daysOfWeek, eitherDay: !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*') }
}

const pad = (value: number): string => String(value).padStart(2, '0')
const sentenceDays = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']
const sentenceMonths = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const joined = (words: readonly string[]): string => (words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`)

/** The gap between values that repeat evenly around `cycle` from 0; null when they do not. */
function evenStep(values: readonly number[], cycle: number): number | null {
  const step = (values[1] ?? cycle) - (values[0] ?? 0)
  return values.length > 1 && values[0] === 0 && cycle % step === 0 && values.length === cycle / step && values.every((value, index) => value === index * step) ? step : null
}

function timesText(cron: Cron): string {
  const { minutes, hours } = cron
  const everyHour = hours.length === 24
  const minuteStep = minutes.length === 60 ? 1 : evenStep(minutes, 60)
  if (minuteStep !== null) {
    const pace = minuteStep === 1 ? 'every minute' : `every ${minuteStep} minutes`
    return everyHour ? pace : `${pace} in the hours ${joined(hours.map((hour) => `${pad(hour)}:00`))}`
  }
  const past = minutes.length === 1 ? (minutes[0] === 0 ? 'on the hour' : `${minutes[0]} minutes past`) : `${joined(minutes.map(String))} minutes past`
  if (everyHour) return minutes.length === 1 && minutes[0] === 0 ? 'every hour on the hour' : `${past} every hour`
  const hourStep = evenStep(hours, 24)
  if (hourStep !== null && hourStep > 1 && hours.length > 2) return `every ${hourStep} hours${minutes.length === 1 && minutes[0] === 0 ? '' : `, ${past} the hour`}`
  const times = hours.flatMap((hour) => minutes.map((minute) => `${pad(hour)}:${pad(minute)}`))
  return times.length > 6 ? `${times.length} times a day, first at ${times[0]}` : `at ${joined(times)}`
}

function daysText(cron: Cron): string {
  const week = cron.daysOfWeek.length === 7 ? null : cron.daysOfWeek.join() === '1,2,3,4,5' ? 'Mondays to Fridays' : cron.daysOfWeek.join() === '0,6' ? 'Saturdays and Sundays' : joined(cron.daysOfWeek.map((day) => sentenceDays[day]!))
  const month = cron.daysOfMonth.length === 31 ? null : `day ${joined(cron.daysOfMonth.map(String))} of the month`
  if (week !== null && month !== null) return cron.eitherDay ? `on ${month} and on ${week}` : `on ${month} when it falls on ${week}`
  return week !== null ? `on ${week}` : month !== null ? `on ${month}` : 'every day'
}

/** The schedule as a sentence: `At 02:15 every day`. */
export function describeCron(cron: Cron): string {
  const times = timesText(cron)
  const days = daysText(cron)
  const months = cron.months.length === 12 ? '' : ` in ${joined(cron.months.map((month) => sentenceMonths[month - 1]!))}`
  const when = days === 'every day' && times.startsWith('every') ? '' : ` ${days}`
  const sentence = `${times}${when}${months}`
  return sentence[0]!.toUpperCase() + sentence.slice(1)
}

/** What the wall clock of `timeZone` shows at `instant`, as milliseconds of that time read as UTC. */
function wallTime(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' }).formatToParts(new Date(instant))
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'))
}

/** The instant at which the wall clock of the zone shows `wall`; moved on by a change of the clocks it falls into. */
function instantOf(wall: number, timeZone: string): number {
  let instant = wall
  for (let round = 0; round < 3; round++) instant += wall - wallTime(instant, timeZone)
  return instant
}

/** True when the time zone is one this browser knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone })
    return true
  } catch {
    return false
  }
}

/** The first run after `now` in the zone; null when there is none within five years. */
export function nextRun(cron: Cron, timeZone: string, now: Date): Date | null {
  const wallNow = wallTime(now.getTime(), timeZone)
  const firstDay = Math.floor(wallNow / 86_400_000)
  for (let day = firstDay; day < firstDay + 366 * 5; day++) {
    const date = new Date(day * 86_400_000)
    const inMonth = cron.daysOfMonth.includes(date.getUTCDate())
    const inWeek = cron.daysOfWeek.includes(date.getUTCDay())
    if (!cron.months.includes(date.getUTCMonth() + 1) || !(cron.eitherDay ? inMonth || inWeek : inMonth && inWeek)) continue
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const wall = day * 86_400_000 + hour * 3_600_000 + minute * 60_000
        if (wall <= wallNow) continue
        return new Date(instantOf(wall, timeZone))
      }
    }
  }
  return null
}
