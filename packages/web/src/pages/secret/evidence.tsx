import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { Section } from '../../ui/text.tsx'
import { OwnerSuggestions } from '../credential/owner-suggestions.tsx'
import { Locations } from '../credential/sections.tsx'
import { SecretPlaces } from './places.tsx'
import { SecretDecision } from './status.tsx'

/** What a finding about a credential is decided by: where it is, and of a secret its lines and what was said of it. */
export function CredentialEvidence({ credentialId }: { credentialId: string }): ReactNode {
  const detail = useQuery(routeQuery('getCredential', { params: { id: credentialId } })).data
  if (detail === undefined) return null
  if (detail.credential.kind !== 'secret') return <Section title="Where it is"><Locations id={credentialId} brief /></Section>
  return (
    <>
      <Section title="Where this value is"><SecretPlaces id={credentialId} brief /></Section>
      <Section title="What it is"><SecretDecision row={detail.row} assessment={detail.assessment} /><OwnerSuggestions row={detail.row} /></Section>
    </>
  )
}
