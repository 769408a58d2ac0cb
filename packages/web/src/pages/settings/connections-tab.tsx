import type { Connection } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Cable, Pencil, Plus, Radar, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ConfirmButton } from '../../ui/dialog.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { Mono, Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { scanKindNames } from '../scans/state.tsx'
import { ConnectionDialog } from './connection-dialog.tsx'

const methods = { token: 'Token', 'client-certificate': 'Client certificate', 'token-file': 'Token of its pod' } as const satisfies Record<Connection['signsInWith'], string>

function Row({ connection, onChange }: { connection: Connection; onChange: (() => void) | null }): ReactNode {
  const may = useMay()
  const remove = useChange({ change: () => call('deleteConnection', { params: { id: connection.id } }), stale: ['listConnections'], done: 'Connection deleted' })
  return (
    <tr>
      <td className="font-medium">{connection.name}</td>
      <td>{scanKindNames[connection.kind]}</td>
      <td className="min-w-44"><Mono>{connection.baseUrl}</Mono></td>
      <td className="text-ink-2">{methods[connection.signsInWith]}</td>
      <td><When at={connection.lastUsedAt} /></td>
      <td className="text-right whitespace-nowrap">
        {may('scan.run') ? <ButtonLink to="/scans" search={{ new: true, connection: connection.id, kind: connection.kind }} aria-label={`Scan ${connection.name}`}><Radar aria-hidden />Scan…</ButtonLink> : null}
        {onChange === null ? null : (
          <>
            <Button variant="ghost" onClick={onChange} aria-label={`Change ${connection.name}`}><Pencil aria-hidden /></Button>
            <ConfirmButton label={`Delete ${connection.name}`} title={`Delete “${connection.name}”?`} description="Its credential is forgotten, and schedules that use it fail. What was found stays." action="Delete connection" icon={<Trash2 aria-hidden />} onConfirm={() => remove.mutateAsync(undefined)} />
          </>
        )}
      </td>
    </tr>
  )
}

/** Code hosts and clusters that scans read through their API. */
export function ConnectionsTab(): ReactNode {
  const connections = useQuery(routeQuery('listConnections'))
  const mayWrite = useMay()('settings.write')
  const [open, setOpen] = useState<Connection | 'new' | null>(null)
  const add = mayWrite ? <Button onClick={() => setOpen('new')}><Plus aria-hidden />Add connection</Button> : null
  const items = connections.data?.items ?? []
  return (
    <Section title="Connections" note="code hosts and clusters that scans read" aside={items.length > 0 ? add : null}>
      {connections.isPending ? <SkeletonRows rows={3} /> : connections.isError ? <Failure error={connections.error} onRetry={() => void connections.refetch()} /> : items.length === 0 ? (
        <Empty icon={Cable} title="No connections" action={add}>With a token or certificate that may read, Muster lists what GitHub, GitLab or a Kubernetes cluster keeps: names of secrets, deploy keys, tokens, and who uses them.</Empty>
      ) : (
        <SimpleTable label="Connections" head={['Name', 'System', 'API', 'Signs in with', 'Last used', '']}>{items.map((row) => <Row key={row.id} connection={row} onChange={mayWrite ? () => setOpen(row) : null} />)}</SimpleTable>
      )}
      {open === null ? null : <ConnectionDialog connection={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </Section>
  )
}
