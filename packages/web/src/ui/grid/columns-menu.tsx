import { Columns3 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useSyncExternalStore } from 'react'
import { isTextList, useChoice } from '../../app/storage.ts'
import { Button } from '../button.tsx'
import { Menu, MenuCheck, MenuItem, MenuSeparator } from '../menu.tsx'
import { visibleColumns, type Column } from './column.ts'

const query = '(max-width: 1180px)'
const watch = (changed: () => void): (() => void) => {
  const list = window.matchMedia(query)
  list.addEventListener('change', changed)
  return () => list.removeEventListener('change', changed)
}

const useNarrow = (): boolean => useSyncExternalStore(watch, () => window.matchMedia(query).matches)

/** The columns that fit the window, for tables where nobody chooses. */
export function useFittingColumns<Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] {
  return visibleColumns(columns, null, useNarrow())
}

/** The columns to show of a named table, and the menu that chooses them; remembered by this browser. */
export function useColumns<Row>(name: string, columns: readonly Column<Row>[]): { shown: readonly Column<Row>[]; menu: ReactNode } {
  const [chosen, choose] = useChoice<string[] | null>(`columns.${name}`, null, (value): value is string[] | null => value === null || isTextList(value))
  const shown = visibleColumns(columns, chosen, useNarrow())
  const ids = shown.map((column) => column.id)
  const menu = (
    <Menu trigger={<Button variant="ghost" aria-label="Choose columns"><Columns3 aria-hidden /><span className="max-lg:sr-only">Columns</span></Button>}>
      {columns.filter((column) => column.fixed !== true).map((column) => (
        <MenuCheck key={column.id} checked={ids.includes(column.id)} onChange={(on) => choose(on ? [...ids, column.id] : ids.filter((entry) => entry !== column.id))}>
          {column.title}
        </MenuCheck>
      ))}
      <MenuSeparator />
      <MenuItem onClick={() => choose(null)}>Back to standard</MenuItem>
    </Menu>
  )
  return { shown, menu }
}
