import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Maximize2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { kindNames } from '../../format/names.ts'
import { secretTitle } from '../../format/secret-names.ts'
import { buttonClass } from '../../ui/button.tsx'
import { SidePanel } from '../../ui/dialog.tsx'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'
import { SecretPlaces } from '../secret/places.tsx'
import { SecretDecision, SecretStatus } from '../secret/status.tsx'
import { CredentialFacts } from './facts.tsx'
import { CredentialChain, CredentialLabels, Locations, ObjectFindings } from './sections.tsx'
import { CredentialStatus } from './status.tsx'

function Body({ id }: { id: string }): ReactNode {
  const detail = useQuery(routeQuery('getCredential', { params: { id } }))
  if (detail.isPending) return <SkeletonRows rows={8} />
  if (detail.isError) return <Failure error={detail.error} onRetry={() => void detail.refetch()} />
  const { row, credential } = detail.data
  const secret = credential.kind === 'secret' ? credential : null
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      {secret === null ? <CredentialStatus row={row} /> : <><SecretStatus row={row} credential={secret} /><SecretDecision row={row} assessment={detail.data.assessment} /></>}
      <Section title="Findings"><ObjectFindings objectId={id} /></Section>
      {secret === null ? <Section title="Where it is"><Locations id={id} brief /></Section> : <Section title="Where this value is"><SecretPlaces id={id} brief /></Section>}
      <Section title="Labels"><CredentialLabels detail={detail.data} /></Section>
      {detail.data.chain.length === 0 ? null : <Section title="Chain"><CredentialChain detail={detail.data} /></Section>}
      <Section title="Facts"><CredentialFacts credential={credential} /></Section>
    </div>
  )
}

/** A credential beside the list it was chosen from. */
export function CredentialPeek({ id, onClose }: { id: string | null; onClose: () => void }): ReactNode {
  const row = useQuery({ ...routeQuery('getCredential', { params: { id: id ?? '' } }), enabled: id !== null }).data?.row
  return (
    <SidePanel
      open={id !== null}
      onClose={onClose}
      title={row === undefined ? 'Credential' : row.kind === 'secret' ? secretTitle(row) : `${row.name} · ${kindNames[row.kind][0]}`}
      actions={id === null ? null : <Link to="/inventory/$id" params={{ id }} className={buttonClass('ghost')}><Maximize2 aria-hidden />Open</Link>}
    >
      {id === null ? null : <Body key={id} id={id} />}
    </SidePanel>
  )
}
