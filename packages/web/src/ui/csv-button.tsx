import type { RouteName, Page } from '@muster/core/api'
import { Download } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../api/client.ts'
import { csvOf, type CsvColumn } from '../format/csv.ts'
import { Button } from './button.tsx'
import { download } from './download.ts'
import { notify, notifyFailure } from './toast.tsx'

const MOST_ROWS = 50_000

/** Exports a list the API has no file for: reads every page, then hands over CSV; a second press cancels. */
export function CsvButton<Row>({ route, input, columns, name }: {
  route: RouteName
  input: { params?: Record<string, unknown>; query?: Record<string, unknown> }
  columns: readonly CsvColumn<Row>[]
  /** File name without extension. */
  name: string
}): ReactNode {
  const [running, setRunning] = useState<{ abort: AbortController; rows: number } | null>(null)
  const start = async (): Promise<void> => {
    const abort = new AbortController()
    const rows: Row[] = []
    let cursor: string | undefined
    setRunning({ abort, rows: 0 })
    try {
      do {
        const page = (await (call as (name: RouteName, input: unknown, signal: AbortSignal) => Promise<unknown>)(route, { ...input, query: { ...input.query, cursor, limit: 500 } }, abort.signal)) as Page<Row>
        rows.push(...page.items)
        cursor = page.nextCursor ?? undefined
        setRunning({ abort, rows: rows.length })
      } while (cursor !== undefined && rows.length < MOST_ROWS)
      download(`${name}.csv`, 'text/csv', csvOf(columns, rows))
      if (cursor !== undefined) notify(`The file ends after ${MOST_ROWS} rows`, 'Narrow the filter to get the rest.')
    } catch (error) {
      if (!abort.signal.aborted) notifyFailure(error)
    } finally {
      setRunning(null)
    }
  }
  return running === null ? <Button onClick={() => void start()}><Download aria-hidden />CSV</Button> : <Button onClick={() => running.abort.abort()} aria-live="polite">Cancel ({running.rows} rows)</Button>
}
