import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { KeysetRows } from '../../api/keyset.ts'
import { Checkbox } from '../checkbox.tsx'
import { cx } from '../cx.ts'
import { Failure, SkeletonRows } from '../states.tsx'
import { leastWidth, type Column, type Sort } from './column.ts'
import { HeaderCell } from './header.tsx'
import { GridRow } from './row.tsx'
import { isEmpty, isSelected, nothing, select, type Selection } from './selection.ts'

/** Every row has this height in CSS pixels; a million of them fit what browsers can scroll. */
export const ROW_HEIGHT = 32
/** Browsers stop laying out beyond about 33.5 million pixels. */
const MOST_ROWS = Math.floor(33_000_000 / ROW_HEIGHT)

export type GridProps<Row extends { readonly id: string }> = {
  /** Accessible name. */
  label: string
  rows: KeysetRows<Row>
  columns: readonly Column<Row>[]
  empty: ReactNode
  sort?: Sort
  onSort?: (sort: Sort) => void
  /** Enter, space or a click on a row. */
  onPeek?: (row: Row) => void
  /** `o` or a double click. */
  onOpen?: (row: Row) => void
  selection?: Selection
  onSelect?: (selection: Selection) => void
  /** Row shown elsewhere, kept highlighted. */
  peekedId?: string | null
  autoFocus?: boolean
}

function useActiveRow(length: number, scrollTo: (index: number) => void): [number, (index: number) => void] {
  const [active, setActive] = useState(0)
  const move = (index: number): void => {
    const next = Math.max(0, Math.min(length - 1, index))
    setActive(next)
    scrollTo(next)
  }
  return [Math.min(active, Math.max(0, length - 1)), move]
}

/**
 * A table of any length: only rows in view exist, pages are fetched as they come into view, and the keyboard moves one
 * active row (j k ↑ ↓ PgUp PgDn Home End; Enter or space peeks, o opens, x selects).
 */
export function Grid<Row extends { readonly id: string }>(props: GridProps<Row>): ReactNode {
  const { rows, columns, selection = nothing, onSelect, onPeek, onOpen } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const length = Math.min(rows.length, MOST_ROWS)
  const virtual = useVirtualizer({ count: length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 })
  const [active, move] = useActiveRow(length, (index) => virtual.scrollToIndex(index, { align: 'auto' }))
  const [focused, setFocused] = useState(false)
  const lastClicked = useRef<number | null>(null)
  const shown = virtual.getVirtualItems()
  const { see } = rows
  const first = shown[0]?.index ?? 0
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => see(first, last), [see, first, last])
  const { autoFocus } = props
  useEffect(() => {
    // Another filter is another grid: who types into the search, or is on a tab above the rows, stays there.
    if (autoFocus === true && document.activeElement?.closest('main, [role="dialog"]') == null) scroller.current?.focus({ preventScroll: true })
  }, [autoFocus])

  const toggle = (index: number, range: boolean): void => {
    const row = rows.at(index)
    if (row === undefined || onSelect === undefined) return
    const from = range && lastClicked.current !== null ? lastClicked.current : index
    const ids = Array.from({ length: Math.abs(index - from) + 1 }, (_, step) => rows.at(Math.min(index, from) + step)?.id).filter((entry) => entry !== undefined)
    onSelect(select(selection, ids, !isSelected(selection, row.id)))
    lastClicked.current = index
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current || event.metaKey || event.ctrlKey || event.altKey || length === 0) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 2)
    const steps: Record<string, number> = { ArrowDown: active + 1, j: active + 1, ArrowUp: active - 1, k: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: length - 1 }
    const to = steps[event.key]
    const row = rows.at(active)
    if (to !== undefined) {
      move(to)
      const target = rows.at(Math.max(0, Math.min(length - 1, to)))
      if (props.peekedId !== undefined && props.peekedId !== null && target !== undefined) onPeek?.(target)
    } else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined && onPeek !== undefined) onPeek(row)
    else if (event.key === 'o' && row !== undefined && onOpen !== undefined) onOpen(row)
    else if (event.key === 'x') toggle(active, false)
    else if (event.key === 'Escape' && onSelect !== undefined && !isEmpty(selection)) onSelect(nothing)
    else return
    event.preventDefault()
  }

  const tracks = `${onSelect === undefined ? 'calc(var(--page-inset) - 8px)' : '40px'} ${columns.map((column) => column.width).join(' ')} 16px`
  // Header and rows are grids of their own: the same least width keeps their tracks in line.
  const minWidth = columns.reduce((sum, column) => sum + leastWidth(column), onSelect === undefined ? 32 : 56)
  const loadedIds = shown.map((item) => rows.at(item.index)?.id).filter((entry) => entry !== undefined)
  const allOn = selection.all || (loadedIds.length > 0 && loadedIds.every((entry) => isSelected(selection, entry)))
  const notice = rows.error !== null && rows.length === 0 ? <Failure error={rows.error} onRetry={rows.retry} /> : rows.pending ? <SkeletonRows rows={14} /> : length === 0 ? props.empty : null
  return (
    // The role depends on whether there are rows; either may be reached and scrolled by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={scroller}
      data-rows
      aria-label={props.label}
      {...(notice === null
        ? { role: 'grid', 'aria-rowcount': rows.count?.exact === true ? rows.count.value + 1 : -1, 'aria-multiselectable': onSelect !== undefined || undefined, 'aria-busy': rows.fetching || undefined }
        : { role: 'region' })}
      aria-activedescendant={focused && length > 0 ? `${id}-${active}` : undefined}
      // Nothing to move through or to scroll: not a stop for the keyboard.
      tabIndex={length > 0 || rows.pending ? 0 : -1}
      onKeyDown={onKeyDown}
      onFocus={(event) => setFocused(event.target === event.currentTarget)}
      onBlur={() => setFocused(false)}
      className="relative min-h-0 grow overflow-auto outline-none"
    >
      <div role="rowgroup" inert={notice !== null} className="sticky top-0 z-10 bg-canvas" style={{ minWidth }}>
        <div role="row" aria-rowindex={1} className="grid h-8 border-b border-line" style={{ gridTemplateColumns: tracks }}>
          {onSelect === undefined ? <div role="presentation" /> : (
            <div role="columnheader" aria-label="Select" className="flex items-center justify-center pl-2">
              <Checkbox bare label="Select the rows in view" checked={allOn} mixed={!allOn && !isEmpty(selection)} onChange={(on) => onSelect(on ? select(selection, loadedIds, true) : nothing)} />
            </div>
          )}
          {columns.map((column) => <HeaderCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />)}
        </div>
      </div>
      {notice ?? (
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize(), minWidth }}>
          {shown.map((item) => {
            const row = rows.at(item.index)
            return (
              <GridRow
                key={item.index}
                id={`${id}-${item.index}`}
                index={item.index}
                top={item.start}
                row={row}
                columns={columns}
                tracks={tracks}
                active={focused && item.index === active}
                peeked={row !== undefined && props.peekedId === row.id}
                selected={row !== undefined && isSelected(selection, row.id)}
                onToggle={onSelect === undefined ? undefined : (range) => toggle(item.index, range)}
                onClick={() => {
                  move(item.index)
                  if (row !== undefined) onPeek?.(row)
                }}
                onOpen={() => row !== undefined && onOpen?.(row)}
              />
            )
          })}
        </div>
      )}
      {rows.error !== null && rows.length > 0 ? <div className={cx('sticky left-0 border-t border-line')}><Failure error={rows.error} onRetry={rows.retry} /></div> : null}
    </div>
  )
}
