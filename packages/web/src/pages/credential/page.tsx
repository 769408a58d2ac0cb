import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { kindNames } from '../../format/names.ts'
import { secretTitle } from '../../format/secret-names.ts'
import { Page, PageBody } from '../../ui/page.tsx'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section, Tag } from '../../ui/text.tsx'
import { Consumers } from '../secret/consumers.tsx'
import { SecretPlaces } from '../secret/places.tsx'
import { SecretDecision, SecretStatus } from '../secret/status.tsx'
import { CredentialFacts } from './facts.tsx'
import { CertificatePem } from './pem.tsx'
import { ReachPicture } from './reach-picture.tsx'
import { CredentialChain, CredentialLabels, History, Locations, ObjectFindings, Related } from './sections.tsx'
import { CredentialStatus } from './status.tsx'

const crumbs = [{ label: 'Credentials', to: '/inventory' }]
const secretCrumbs = [...crumbs, { label: 'Secrets', to: '/inventory', search: { kind: ['secret'] } }]

/** Everything known of one credential. */
export function CredentialPage(): ReactNode {
  const { id } = useParams({ from: '/app/inventory/$id' })
  const detail = useQuery(routeQuery('getCredential', { params: { id } }))
  if (detail.isPending) return <Page title="Credential" crumbs={crumbs}><SkeletonRows rows={12} /></Page>
  if (detail.isError) return <Page title="Credential" crumbs={crumbs}><Failure error={detail.error} onRetry={() => void detail.refetch()} /></Page>
  const { row, credential } = detail.data
  const secret = credential.kind === 'secret' ? credential : null
  return (
    <Page title={secret !== null ? secretTitle(row) : row.name === '' ? 'No name' : row.name} crumbs={secret === null ? crumbs : secretCrumbs} aside={<span className="flex gap-2">{kindNames[row.kind][0]}{row.trustStoreOnly ? <Tag>Trust store</Tag> : null}{row.goneAt === null ? null : <Tag>Gone</Tag>}</span>}>
      <PageBody className="flex flex-col gap-9">
        {secret === null ? <CredentialStatus row={row} /> : <><SecretStatus row={row} credential={secret} /><SecretDecision row={row} assessment={detail.data.assessment} /></>}
        <Section title="Reach" note="where it is, what it opens, who answers for it"><ReachPicture detail={detail.data} /></Section>
        {detail.data.chain.length === 0 ? null : <Section title="Chain"><CredentialChain detail={detail.data} /></Section>}
        <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-12 gap-y-9 max-xl:grid-cols-1">
          <div className="flex min-w-0 flex-col gap-9">
            <Section title="Findings"><ObjectFindings objectId={id} /></Section>
            {secret === null ? <Section title="Where it is"><Locations id={id} /></Section> : <Section title="Where this value is"><SecretPlaces id={id} /></Section>}
            {secret === null && detail.data.consumers.length === 0 ? null : <Section title="Who uses and renews it"><Consumers consumers={detail.data.consumers} /></Section>}
            {secret === null || detail.data.related.length > 0 ? <Section title="Related"><Related detail={detail.data} /></Section> : null}
          </div>
          <div className="flex min-w-0 flex-col gap-9">
            <Section title="Labels"><CredentialLabels detail={detail.data} /></Section>
            <Section title="Facts"><CredentialFacts credential={credential} /></Section>
            {credential.kind === 'certificate' ? <CertificatePem certificate={credential} /> : null}
            <Section title="History"><History id={id} /></Section>
          </div>
        </div>
      </PageBody>
    </Page>
  )
}
