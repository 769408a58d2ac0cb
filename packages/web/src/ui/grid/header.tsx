import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '../cx.ts'
import type { Column, Sort } from './column.ts'

/** The header of one column; a button where the column sorts. */
export function HeaderCell<Row>({ column, sort, onSort }: { column: Column<Row>; sort: Sort | undefined; onSort: ((sort: Sort) => void) | undefined }): ReactNode {
  const sorted = column.sort !== undefined && sort?.key === column.sort
  const Arrow = sort?.order === 'desc' ? ArrowDown : ArrowUp
  return (
    <div
      role="columnheader"
      {...(column.sort === undefined ? {} : { 'aria-sort': sorted ? (sort.order === 'asc' ? 'ascending' as const : 'descending' as const) : 'none' as const })}
      className={cx('flex min-w-0 items-center px-2 text-xs font-medium text-ink-3', column.align === 'end' && 'justify-end')}
    >
      {column.sort === undefined || onSort === undefined ? (
        <span className={column.titleHidden === true ? 'sr-only' : 'truncate'}>{column.title}</span>
      ) : (
        <button
          type="button"
          className={cx('flex min-w-0 items-center gap-1 rounded-sm hover:text-ink', sorted && 'text-ink')}
          onClick={() => onSort({ key: column.sort!, order: sorted && sort.order === 'asc' ? 'desc' : 'asc' })}
        >
          <span className="truncate">{column.title}</span>
          {sorted ? <Arrow className="size-3 shrink-0" aria-hidden /> : null}
        </button>
      )}
    </div>
  )
}
