import { createHash } from 'node:crypto'
import type { Observation, ScanBatch, ScanProblem } from '@muster/core'
import { z } from 'zod'

/** What came of one part of a scan. */
export type Report = { readonly observations: readonly Observation[]; readonly problems: readonly ScanProblem[] }

/** A part of a scan that is done as a whole: a repository, a group, a namespace. Its observations introduce the machines they speak of. */
export type Unit = { readonly key: string; readonly run: () => Promise<Report> }

export type UnitScan = {
  /** What comes first, in a scan that is resumed too. */
  readonly opening: Report
  readonly units: readonly Unit[]
  /** Tells whether a cursor belongs to this scan. */
  readonly scanId: string
  readonly resumeFrom: string | null
  readonly concurrency: number
  readonly signal: AbortSignal
  /** Requests sent so far. */
  readonly requests: () => number
  /** What can be said only when every unit was seen completely, those before a resume too. */
  readonly closing?: Report
}

const cursorSchema = z.object({ version: z.literal(1), scan: z.string().max(64), after: z.string().max(2048), complete: z.boolean() })

/** What tells one scan's cursor from another's: the parts that say what is scanned. */
export function scanIdOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

const MAX_OBSERVATIONS = 10_000

/**
 * Runs the units in their order, a few at a time, a batch for each. The cursor names the last unit that is done; where that is gone from
 * the list the scan starts over, which repeats sightings and loses none.
 */
export async function* scanUnits(scan: UnitScan): AsyncGenerator<ScanBatch, void, void> {
  const { units, signal } = scan
  const { done, complete: completeBefore } = doneBefore(scan)
  let complete = completeBefore && isComplete(scan.opening)
  const batch = (report: Report, current: string, after: string | undefined): ScanBatch => ({
    observations: [...report.observations], problems: report.problems.slice(0, MAX_OBSERVATIONS), cursor: after === undefined ? null : JSON.stringify({ version: 1, scan: scan.scanId, after, complete }),
    progress: { done: scan.requests(), total: null, unit: 'requests', current },
  })
  yield batch(scan.opening, '', units[done - 1]?.key)
  const running: Promise<Report>[] = []
  let next = done
  const start = (): void => {
    while (next < units.length && running.length < scan.concurrency) {
      const started = units[next++]!.run()
      // Failures are met when their turn comes; until then they are nobody's unhandled rejection.
      started.catch(() => {})
      running.push(started)
    }
  }
  for (let index = done; index < units.length; index++) {
    if (signal.aborted) return
    start()
    const report = await running.shift()!
    const { key } = units[index]!
    // The inventory takes a batch whole, so a very large unit is cut; its coverage stands at its end.
    for (let from = 0; from === 0 || from < report.observations.length; from += MAX_OBSERVATIONS) {
      const isLast = from + MAX_OBSERVATIONS >= report.observations.length
      if (isLast) complete &&= isComplete(report)
      yield batch({ observations: report.observations.slice(from, from + MAX_OBSERVATIONS), problems: isLast ? report.problems : [] }, key, isLast ? key : units[index - 1]?.key)
    }
  }
  if (scan.closing !== undefined && complete) yield batch(scan.closing, '', units.at(-1)?.key)
}

function isComplete({ observations, problems }: Report): boolean {
  return problems.length === 0 && observations.every((each) => each.observation !== 'coverage' || each.complete)
}

function doneBefore({ resumeFrom, scanId, units }: UnitScan): { readonly done: number; readonly complete: boolean } {
  const fresh = { done: 0, complete: true }
  if (resumeFrom === null) return fresh
  try {
    const parsed = cursorSchema.safeParse(JSON.parse(resumeFrom))
    if (!parsed.success || parsed.data.scan !== scanId) return fresh
    const done = units.findIndex(({ key }) => key === parsed.data.after) + 1
    return done === 0 ? fresh : { done, complete: parsed.data.complete }
  } catch {
    return fresh
  }
}
