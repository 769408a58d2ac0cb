import { credentialFilterSchema, credentialListQuerySchema, type CredentialFilter, type CredentialRow } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CircleCheck, KeyRound, SearchX, Tags } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { call } from '../../api/client.ts'
import { useKeyset } from '../../api/keyset.ts'
import { useChange, useMay } from '../../api/query.ts'
import { useFilter } from '../../app/search.ts'
import { useShortcuts } from '../../app/shortcuts.ts'
import { countText } from '../../format/names.ts'
import { rawSearch, searchOf } from '../../format/search.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { bulkSelect, SelectionBar } from '../../ui/grid/selection-bar.tsx'
import { isEmpty, nothing, type Selection } from '../../ui/grid/selection.ts'
import { LabelsDialog } from '../../ui/labels.tsx'
import { Page } from '../../ui/page.tsx'
import { SavedViews } from '../../ui/saved-views.tsx'
import { Empty } from '../../ui/states.tsx'
import { CredentialPeek } from '../credential/peek.tsx'
import { AssessDialog } from '../secret/assess.tsx'
import { secretColumns } from '../secret/columns.tsx'
import { StateTabs } from '../secret/state-tabs.tsx'
import { credentialColumns } from './columns.tsx'
import { ExportMenu } from './export-menu.tsx'
import { inventoryFilters } from './filters.ts'
import { KindTabs } from './kind-tabs.tsx'

const filterKeys = Object.keys(credentialFilterSchema.shape)

function NoCredentials({ filtered, secretsOnly, onClear }: { filtered: boolean; secretsOnly: boolean; onClear: () => void }): ReactNode {
  const may = useMay()
  const scan = may('scan.run') ? <ButtonLink to="/scans" search={{ new: true }} variant="primary">New scan</ButtonLink> : undefined
  if (secretsOnly) return <Empty icon={KeyRound} title="No secrets found" action={scan}>A scan for secrets reads repositories with their history, container images and directories.</Empty>
  if (filtered) return <Empty icon={SearchX} title="Nothing matches this filter" action={<Button onClick={onClear}>Clear the filter</Button>}>Credentials that are gone and trust store roots are left out unless you ask for them.</Empty>
  return (
    <Empty icon={KeyRound} title="No credentials yet" action={scan}>
      A scan finds certificates, keys, SSH keys and secrets, and they appear here as it goes.
    </Empty>
  )
}

/** Every credential: filter, search, sort, look, label, export. */
export function InventoryPage(): ReactNode {
  const { search, filter, change } = useFilter(credentialListQuerySchema)
  const { peek }: { peek?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const may = useMay()
  const [selection, setSelection] = useState<Selection>(nothing)
  const [dialog, setDialog] = useState<'labels' | 'state' | null>(null)
  const rows = useKeyset<CredentialRow>('listCredentials', { query: filter }, { pageSize: 200 })
  const secrets = search.kind?.length === 1 && search.kind[0] === 'secret'
  // One kind alone is the tab's to tell: neither a chip nor a column says it again.
  const oneKind = search.kind?.length === 1
  const ofAll = useColumns('inventory', oneKind ? credentialColumns.filter((column) => column.id !== 'kind') : credentialColumns)
  const ofSecrets = useColumns('secrets', secretColumns)
  const { shown, menu } = secrets ? ofSecrets : ofAll
  const only = Object.fromEntries(Object.entries(filter).filter(([key]) => filterKeys.includes(key))) as CredentialFilter
  const changeFilter = (patch: Record<string, unknown>): void => {
    setSelection(nothing)
    change({ ...patch, ...('peek' in patch ? {} : { peek: undefined }) })
  }
  const clear = (): void => void navigate({ to: '/inventory', search: {} })
  const label = useChange({
    change: (set: Parameters<typeof call<'labelCredentials'>>[1]['body']['set']) => call('labelCredentials', { body: { select: bulkSelect<z.input<typeof credentialFilterSchema>>(selection, only), set } }),
    stale: ['listCredentials', 'getCredential', 'getOverview'],
    done: ({ changed }) => `Labels set on ${countText(changed)} credentials`,
    onDone: () => { setDialog(null); setSelection(nothing) },
  })
  const query = searchOf(search)
  const many = selection.all ? 'everything that matches' : countText(selection.ids.size)
  const assess = secrets && may('finding.decide')
  useShortcuts({ s: () => { if (assess && !isEmpty(selection)) setDialog('state') } })
  return (
    <Page
      title="Credentials"
      scroll={false}
      aside={<span aria-live="polite">{rows.count === null ? '' : `${rows.count.exact ? '' : 'about '}${countText(rows.count.value)}`}</span>}
      actions={may('inventory.export') ? <ExportMenu filter={only} /> : null}
    >
      <KindTabs value={search.kind} onChange={(kind) => changeFilter({ kind, ...(kind?.[0] === 'secret' ? {} : { secretState: undefined, secretType: undefined, detectionRule: undefined }) })} />
      {secrets ? <StateTabs value={search.secretState} onChange={(secretState) => changeFilter({ secretState })} /> : null}
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-page py-2">
        <SearchInput label="Search name, host, fingerprint" value={search.q ?? ''} onChange={(q) => changeFilter({ q })} />
        <FilterBar definitions={inventoryFilters} values={search} onChange={changeFilter} told={oneKind ? ['kind'] : []} />
        <div className="ml-auto flex gap-1">
          <SavedViews page="inventory" query={query} onApply={(saved) => void navigate({ to: '/inventory', search: rawSearch(saved) })} />
          {menu}
        </div>
      </div>
      <div className="relative flex min-h-0 grow flex-col">
        <Grid
          key={query}
          label="Credentials"
          rows={rows}
          columns={shown}
          sort={{ key: filter.sort, order: filter.order }}
          onSort={({ key, order }) => changeFilter({ sort: key, order })}
          empty={<NoCredentials filtered={query !== ''} secretsOnly={query === 'kind=secret'} onClear={clear} />}
          {...(may('inventory.label') ? { selection, onSelect: setSelection } : {})}
          peekedId={peek ?? null}
          onPeek={(row) => change({ peek: row.id }, { replace: true })}
          onOpen={(row) => void navigate({ to: '/inventory/$id', params: { id: row.id } })}
          autoFocus
        />
        <SelectionBar selection={selection} count={rows.count} onSelect={setSelection}>
          {may('inventory.label') ? <Button variant={assess ? 'secondary' : 'primary'} onClick={() => setDialog('labels')}><Tags aria-hidden />Set labels…</Button> : null}
          {assess ? <Button variant="primary" onClick={() => setDialog('state')}><CircleCheck aria-hidden />Set state…</Button> : null}
        </SelectionBar>
      </div>
      <CredentialPeek id={peek ?? null} onClose={() => change({ peek: undefined }, { replace: true })} />
      {dialog === 'labels' ? <LabelsDialog title={`Set labels on ${many}${selection.all ? '' : ' credentials'}`} busy={label.isPending} onClose={() => setDialog(null)} onSave={(set) => label.mutate(set)} /> : null}
      {dialog === 'state' ? <AssessDialog title={`Set the state of ${many}${selection.all ? '' : ' secrets'}`} initial="confirmed" select={bulkSelect<z.input<typeof credentialFilterSchema>>(selection, only)} onClose={() => setDialog(null)} onDone={() => { setDialog(null); setSelection(nothing) }} /> : null}
    </Page>
  )
}
