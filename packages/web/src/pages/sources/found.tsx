import { credentialKinds } from '@muster/core'
import type { CredentialRow } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { Empty } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { CredentialPeek } from '../credential/peek.tsx'
import { credentialColumns } from '../inventory/columns.tsx'
import { Identities } from '../machines/identities.tsx'
import { secretColumns } from '../secret/columns.tsx'

const keyKinds = credentialKinds.filter((kind) => kind !== 'secret')
const tabs = [{ value: 'secrets', label: 'Secrets' }, { value: 'keys', label: 'Keys and certificates' }, { value: 'identities', label: 'Identities' }] as const

function Credentials({ machineId, secrets }: { machineId: string; secrets: boolean }): ReactNode {
  const navigate = useNavigate()
  const [peeked, setPeeked] = useState<string | null>(null)
  const shown = useFittingColumns(secrets ? secretColumns : credentialColumns)
  const rows = useKeyset<CredentialRow>('listCredentials', { query: { machineId, kind: secrets ? ['secret'] : keyKinds, sort: 'severity' } })
  return (
    <>
      <Grid
        label={secrets ? 'Secrets in this source' : 'Keys and certificates in this source'}
        rows={rows}
        columns={shown}
        peekedId={peeked}
        onPeek={(row) => setPeeked(row.id)}
        onOpen={(row) => void navigate({ to: '/inventory/$id', params: { id: row.id } })}
        empty={<Empty icon={KeyRound} title={secrets ? 'No secrets in this source' : 'No keys in this source'}>What was removed from it everywhere is no longer listed.</Empty>}
      />
      <CredentialPeek id={peeked} onClose={() => setPeeked(null)} />
    </>
  )
}

/** What was found in a source, worst first. */
export function FoundInSource({ machineId }: { machineId: string }): ReactNode {
  const [tab, setTab] = useState<(typeof tabs)[number]['value']>('secrets')
  return (
    <Tabs label="Found in this source" value={tab} onChange={setTab} tabs={tabs}>
      <TabPanel value={tab} className="flex min-h-0 grow flex-col outline-none">
        {tab === 'identities' ? <Identities machineId={machineId} note="Roles that a pipeline may become without a secret appear here." /> : <Credentials key={tab} machineId={machineId} secrets={tab === 'secrets'} />}
      </TabPanel>
    </Tabs>
  )
}
