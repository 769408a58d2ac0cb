import type { IdentityRow } from '@muster/core/api'
import { UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { Empty } from '../../ui/states.tsx'
import { identityColumns } from './identity-columns.tsx'

/** Accounts seen on a machine, or that a source may become. */
export function Identities({ machineId, note }: { machineId: string; note: string }): ReactNode {
  const rows = useKeyset<IdentityRow>('listIdentities', { query: { machineId } })
  return <Grid label="Identities" rows={rows} columns={useFittingColumns(identityColumns)} empty={<Empty icon={UserRound} title="No identities seen">{note}</Empty>} />
}
