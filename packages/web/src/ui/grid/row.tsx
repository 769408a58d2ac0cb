import type { ReactNode } from 'react'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { Skeleton } from '../states.tsx'
import type { Column } from './column.ts'
import { ROW_HEIGHT } from './grid.tsx'

type Props<Row> = {
  id: string
  index: number
  top: number
  row: Row | undefined
  columns: readonly Column<Row>[]
  tracks: string
  active: boolean
  peeked: boolean
  selected: boolean
  onToggle: ((range: boolean) => void) | undefined
  onClick: () => void
  onOpen: () => void
}

/** One row of a grid, placed by its offset; grey bars while its page is on the way. */
export function GridRow<Row>({ row, columns, ...props }: Props<Row>): ReactNode {
  return (
    // The grid itself takes the keyboard; rows are reached through aria-activedescendant.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.onToggle === undefined ? undefined : props.selected}
      onClick={props.onClick}
      onDoubleClick={props.onOpen}
      className={cx(
        'absolute inset-x-0 grid border-b border-line',
        props.selected || props.peeked ? 'bg-selected' : props.active ? 'bg-hover' : 'hover:bg-hover',
        props.active && 'shadow-[inset_3px_0_0_var(--focus)] forced-colors:outline-2 forced-colors:-outline-offset-2',
      )}
      style={{ gridTemplateColumns: props.tracks, height: ROW_HEIGHT, transform: `translateY(${props.top}px)` }}
    >
      {props.onToggle === undefined ? <div role="presentation" /> : (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div role="gridcell" className="flex items-center justify-center pl-2" onClick={(event) => { event.stopPropagation(); props.onToggle?.(event.shiftKey) }}>
          <span className="pointer-events-none flex"><Checkbox bare label={`Select row ${props.index + 1}`} checked={props.selected} onChange={() => undefined} /></span>
        </div>
      )}
      {columns.map((column) => (
        <div role="gridcell" key={column.id} className={cx('flex min-w-0 items-center px-2', column.align === 'end' && 'tabular justify-end')}>
          {row === undefined ? <Skeleton className="w-3/5" /> : column.cell(row)}
        </div>
      ))}
    </div>
  )
}
