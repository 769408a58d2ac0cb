import type { ReactNode } from 'react'

/** One column of a grid of rows. */
export type Column<Row> = {
  readonly id: string
  readonly title: string
  /** The title is for assistive technology only. */
  readonly titleHidden?: boolean
  /** A CSS grid track: `minmax(200px, 2fr)`, `96px`. */
  readonly width: string
  readonly align?: 'end'
  /** Sort key the server knows; the header becomes a button. */
  readonly sort?: string
  /** Not shown until chosen. */
  readonly optional?: boolean
  /** Cannot be hidden. */
  readonly fixed?: boolean
  /** Left out below 1180 px of window width. */
  readonly wide?: boolean
  readonly cell: (row: Row) => ReactNode
}
export type Sort = { readonly key: string; readonly order: 'asc' | 'desc' }

/** The least width of a column's track in CSS pixels: its fixed width or the lower bound of its minmax. */
export function leastWidth(column: Pick<Column<unknown>, 'width'>): number {
  return Number(/\d+(?=px)/.exec(column.width)?.[0] ?? 0)
}

/** Ids of the columns to show: as chosen, in the order of the definition. */
export function visibleColumns<Row>(columns: readonly Column<Row>[], chosen: readonly string[] | null, narrow: boolean): readonly Column<Row>[] {
  return columns.filter((column) => column.fixed === true || (chosen === null ? column.optional !== true && !(narrow && column.wide === true) : chosen.includes(column.id)))
}
