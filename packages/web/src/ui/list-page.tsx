import type { ReactNode } from 'react'
import type { KeysetRows } from '../api/keyset.ts'
import { countText } from '../format/names.ts'
import { Page } from './page.tsx'

/** A page that is one list: tabs where it has some, a bar of filters, then the rows. */
export function ListPage({ title, rows, actions, tabs, bar, children }: { title: string; rows: Pick<KeysetRows<unknown>, 'count'>; actions?: ReactNode; tabs?: ReactNode; bar?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <Page
      title={title}
      scroll={false}
      actions={actions}
      aside={<span aria-live="polite">{rows.count === null ? '' : `${rows.count.exact ? '' : 'about '}${countText(rows.count.value)}`}</span>}
    >
      {tabs}
      {bar === undefined ? null : <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-page py-2">{bar}</div>}
      <div className="relative flex min-h-0 grow flex-col">{children}</div>
    </Page>
  )
}
