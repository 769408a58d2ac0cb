import type { SavedView } from '@muster/core/api'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Bookmark, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../api/client.ts'
import { routeQuery, sessionQuery, useChange, useMay } from '../api/query.ts'
import { Button, IconButton } from './button.tsx'
import { Checkbox } from './checkbox.tsx'
import { Dialog } from './dialog.tsx'
import { Field, Form, Input } from './field.tsx'
import { Popover } from './popover.tsx'

function SaveDialog({ page, query, onClose }: { page: SavedView['page']; query: string; onClose: () => void }): ReactNode {
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const save = useChange({ change: () => call('createSavedView', { body: { page, name: name.trim(), query, shared } }), stale: ['listSavedViews'], done: 'View saved', onDone: onClose })
  return (
    <Dialog open onClose={onClose} title="Save this view" description="Filter and order are kept under a name.">
      <Form onSubmit={() => save.mutate(undefined)} className="flex flex-col gap-4">
        <Field label="Name">{(wiring) => <Input {...wiring} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Checkbox label="Show it to everyone" checked={shared} onChange={setShared} />
        <Button submit variant="primary" busy={save.isPending} disabled={name.trim() === ''} className="self-start">Save view</Button>
      </Form>
    </Dialog>
  )
}

/** Views saved for a page: apply one, delete one, save the filter in force. */
export function SavedViews({ page, query, onApply }: { page: SavedView['page']; query: string; onApply: (query: string) => void }): ReactNode {
  const may = useMay()
  const { account } = useSuspenseQuery(sessionQuery).data
  const [open, setOpen] = useState(false)
  const [saving, setSaving] = useState(false)
  const views = useQuery(routeQuery('listSavedViews')).data?.items.filter((view) => view.page === page) ?? []
  const remove = useChange({ change: (id: string) => call('deleteSavedView', { params: { id } }), stale: ['listSavedViews'], done: 'View deleted' })
  return (
    <>
      <Popover open={open} onOpenChange={setOpen} align="end" title="Saved views" trigger={<Button variant="ghost"><Bookmark aria-hidden /><span className="max-lg:sr-only">Views</span></Button>}>
        <div className="w-64">
          {views.length === 0 ? <p className="px-2 py-2 text-ink-3">No saved views yet.</p> : null}
          {views.map((view) => (
            <div key={view.id} className="flex items-center rounded-md hover:bg-hover">
              <button type="button" className="inset-focus min-w-0 grow truncate px-2 py-1 text-left" onClick={() => { onApply(view.query); setOpen(false) }}>
                {view.name}
                {view.shared ? <span className="ml-2 text-xs text-ink-3">shared</span> : null}
              </button>
              {may('view.write') && (view.createdBy === account?.name || view.createdBy === account?.email) ? <IconButton label={`Delete view ${view.name}`} tip={false} onClick={() => remove.mutate(view.id)}><Trash2 aria-hidden /></IconButton> : null}
            </div>
          ))}
          {may('view.write') ? (
            <div className="mt-1 border-t border-line pt-1">
              <button type="button" className="inset-focus w-full rounded-md px-2 py-1 text-left hover:bg-hover disabled:text-ink-3" disabled={query === ''} onClick={() => { setOpen(false); setSaving(true) }}>
                {query === '' ? 'Set a filter to save it as a view' : 'Save this filter…'}
              </button>
            </div>
          ) : null}
        </div>
      </Popover>
      {saving ? <SaveDialog page={page} query={query} onClose={() => setSaving(false)} /> : null}
    </>
  )
}
