import type { CredentialRow, EndpointRow, MachineRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useNavigate, useParams } from '@tanstack/react-router'
import { Fingerprint, KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useKeyset } from '../../api/keyset.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { capital, pluralText, shortHex } from '../../format/names.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { LabelEditor } from '../../ui/label-editor.tsx'
import { Page } from '../../ui/page.tsx'
import { FindingCount } from '../../ui/severity.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { CopyButton, Fact, Facts } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { endpointColumns } from '../endpoints/columns.tsx'
import { EndpointPanel } from '../endpoints/panel.tsx'
import { credentialColumns } from '../inventory/columns.tsx'
import { sourceKindName } from '../sources/columns.tsx'
import { FoundInSource } from '../sources/found.tsx'
import { Identities } from './identities.tsx'

const crumbs = [{ label: 'Machines', to: '/machines' }]
const sourceCrumbs = [{ label: 'Sources', to: '/sources' }]
const identifierNames = { 'source-uid': ['Number at its host', 'Numbers at its host'], 'source-id': ['Source', 'Sources'], 'dns-name': ['DNS name', 'DNS names'], address: ['Address', 'Addresses'], 'host-id': ['Host id', 'Host ids'], 'ssh-host-key': ['SSH host key', 'SSH host keys'] } as const satisfies Record<MachineRow['identifiers'][number]['type'], readonly [string, string]>

/** Every identifier of a type in one row; hashes shortened, for nobody reads them. */
function Identifiers({ names: [one, many], values, hash }: { names: readonly [string, string]; values: readonly string[]; hash: boolean }): ReactNode {
  if (values.length === 0) return null
  return (
    <Fact name={values.length === 1 ? one : many}>
      <span className="flex flex-wrap gap-x-4">
        {values.map((value) => <span key={value} className="inline-flex min-w-0 items-center gap-1" title={value}><span className="mono break-all">{hash ? shortHex(value, 12) : value}</span><CopyButton text={value} what={one} /></span>)}
      </span>
    </Fact>
  )
}

function About({ row }: { row: MachineRow }): ReactNode {
  const may = useMay()
  const source = row.machineKind === 'source'
  const save = useChange({
    change: (body: Parameters<typeof call<'labelMachine'>>[1]['body']) => call('labelMachine', { params: { id: row.id }, body }),
    stale: ['getMachine', 'listMachines'],
    done: 'Labels saved',
  })
  return (
    <div className="grid shrink-0 grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-12 gap-y-6 px-page pt-5 pb-4 max-xl:grid-cols-1">
      <Facts>
        <Fact name="Kind">{source ? sourceKindName(row) : capital(row.machineKind)}{row.operatingSystem === null ? '' : `, ${row.operatingSystem}`}</Fact>
        {Object.entries(identifierNames).map(([type, names]) => <Identifiers key={type} names={names} values={row.identifiers.filter((entry) => entry.type === type).map((entry) => entry.value)} hash={type === 'host-id' || type === 'ssh-host-key'} />)}
        <Fact name={source ? 'Scanned' : 'Seen'}>first <When at={row.firstSeen} />, last <When at={row.lastSeen} /></Fact>
        <Fact name="Open findings">{row.findingCount === 0 ? <span className="text-ink-3">None</span> : <Link to="/findings" search={{ machineId: row.id }} className="rounded-sm hover:underline" aria-label={`${row.findingCount} open findings`}><FindingCount worst={row.worstSeverity} count={row.findingCount} /></Link>}</Fact>
      </Facts>
      <LabelEditor labels={row.labels} editable={may('inventory.label')} onSave={(patch) => save.mutate(patch)} />
    </div>
  )
}

function Credentials({ machineId }: { machineId: string }): ReactNode {
  const navigate = useNavigate()
  const shown = useFittingColumns(credentialColumns).filter((column) => column.id !== 'place')
  const rows = useKeyset<CredentialRow>('listCredentials', { query: { machineId, trustStore: 'false' } })
  const open = (row: CredentialRow): void => void navigate({ to: '/inventory/$id', params: { id: row.id } })
  return <Grid label="Credentials on this machine" rows={rows} columns={shown} onPeek={open} onOpen={open} empty={<Empty icon={KeyRound} title="No credentials on this machine">Roots of the system's trust store are left out.</Empty>} />
}

function Endpoints({ machineId }: { machineId: string }): ReactNode {
  const [peeked, setPeeked] = useState<string | null>(null)
  const shown = useFittingColumns(endpointColumns).filter((column) => column.id !== 'machine')
  const rows = useKeyset<EndpointRow>('listEndpoints', { query: { machineId } })
  return (
    <>
      <Grid label="Endpoints of this machine" rows={rows} columns={shown} peekedId={peeked} onPeek={(row) => setPeeked(row.id)} empty={<Empty icon={Fingerprint} title="No endpoints seen">No port of this machine answered with TLS or SSH.</Empty>} />
      <EndpointPanel id={peeked} onClose={() => setPeeked(null)} />
    </>
  )
}

function FoundOnMachine({ row }: { row: MachineRow }): ReactNode {
  const [tab, setTab] = useState<'credentials' | 'endpoints' | 'identities'>('credentials')
  return (
    <Tabs
      label="Found on this machine"
      value={tab}
      onChange={setTab}
      tabs={[{ value: 'credentials', label: 'Credentials', count: row.credentialCount }, { value: 'endpoints', label: 'Endpoints', count: row.endpointCount }, { value: 'identities', label: 'Identities' }]}
    >
      <TabPanel value={tab} className="flex min-h-0 grow flex-col outline-none">
        {tab === 'credentials' ? <Credentials machineId={row.id} /> : tab === 'endpoints' ? <Endpoints machineId={row.id} /> : <Identities machineId={row.id} note="Accounts appear when a host scan reads this machine itself." />}
      </TabPanel>
    </Tabs>
  )
}

function Details({ id, source }: { id: string; source: boolean }): ReactNode {
  const machine = useQuery(routeQuery('getMachine', { params: { id } }))
  const below = source ? sourceCrumbs : crumbs
  if (machine.isPending) return <Page title={source ? 'Source' : 'Machine'} crumbs={below}><SkeletonRows rows={10} /></Page>
  if (machine.isError) return <Page title={source ? 'Source' : 'Machine'} crumbs={below}><Failure error={machine.error} onRetry={() => void machine.refetch()} /></Page>
  const row = machine.data
  if ((row.machineKind === 'source') !== source) return <Navigate to={source ? '/machines/$id' : '/sources/$id'} params={{ id }} replace />
  return (
    <Page title={row.name} crumbs={below} scroll={false} aside={pluralText(row.credentialCount, 'credential')}>
      <About row={row} />
      <div className="flex min-h-0 grow flex-col [&>div>[role=tablist]]:px-page">{source ? <FoundInSource machineId={row.id} /> : <FoundOnMachine row={row} />}</div>
    </Page>
  )
}

/** One machine with what was found on it. */
export function MachinePage(): ReactNode {
  const { id } = useParams({ from: '/app/machines/$id' })
  return <Details id={id} source={false} />
}

/** One source with what was found in it. */
export function SourcePage(): ReactNode {
  const { id } = useParams({ from: '/app/sources/$id' })
  return <Details id={id} source />
}
